namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>Reads the text form of label selectors.</summary>
/// <remarks>
/// <code>
/// selector    = [ requirement *( "," requirement ) ]
/// requirement = [ "!" ] key | key ( "=" | "==" | "!=" | "&lt;" | "&gt;" ) value | key ( "in" | "notin" ) "(" values
/// ")"
/// </code>
/// Source: labels.Parser of k8s.io/apimachinery.
/// </remarks>
internal sealed class LabelSelectorParser(string text)
{
    private int _at;

    public List<LabelRequirement> Requirements()
    {
        var requirements = new List<LabelRequirement>();
        string token = Peek();
        while (token.Length > 0)
        {
            requirements.Add(Requirement());
            token = Next();
            if (token.Length == 0)
            {
                break;
            }

            if (token != ",")
            {
                throw Unexpected(token, "',' or the end");
            }

            if (Peek() is "" or ",")
            {
                throw Unexpected(Peek(), "an identifier after ','");
            }
        }

        return requirements;
    }

    private LabelRequirement Requirement()
    {
        bool absent = Peek() == "!";
        if (absent)
        {
            Next();
        }

        string key = Identifier("a key");
        string token = Peek();
        if (token is "" or ",")
        {
            return new LabelRequirement(key, absent ? SelectorOperator.DoesNotExist : SelectorOperator.Exists);
        }

        SelectorOperator? @operator = token switch
        {
            "=" => SelectorOperator.Equals,
            "==" => SelectorOperator.DoubleEquals,
            "!=" => SelectorOperator.NotEquals,
            "<" => SelectorOperator.LessThan,
            ">" => SelectorOperator.GreaterThan,
            "in" => SelectorOperator.In,
            "notin" => SelectorOperator.NotIn,
            _ => null,
        };
        if (absent || @operator is null)
        {
            throw Unexpected(token, "in, notin, =, ==, !=, < or >");
        }

        Next();
        return @operator is SelectorOperator.In or SelectorOperator.NotIn
            ? new LabelRequirement(key, @operator.Value, Values())
            : new LabelRequirement(key, @operator.Value, Peek() is "" or "," ? "" : Identifier("a value"));
    }

    private List<string> Values()
    {
        if (Next() is var opening and not "(")
        {
            throw Unexpected(opening, "'('");
        }

        var values = new List<string>();
        while (true)
        {
            values.Add(Peek() is "," or ")" ? "" : Identifier("a value"));
            string token = Next();
            if (token == ")")
            {
                return values;
            }

            if (token != ",")
            {
                throw Unexpected(token, "',' or ')'");
            }
        }
    }

    private string Identifier(string wanted)
    {
        string token = Next();
        return token.Length == 0 || IsSpecial(token[0]) ? throw Unexpected(token, wanted) : token;
    }

    private string Peek()
    {
        int at = _at;
        string token = Next();
        _at = at;
        return token;
    }

    private string Next()
    {
        while (_at < text.Length && text[_at] is (' ' or '\t' or '\r' or '\n'))
        {
            _at++;
        }

        int start = _at;
        if (_at < text.Length && IsSpecial(text[_at]))
        {
            _at++;
            if (_at < text.Length && text[start] is ('=' or '!') && text[_at] == '=')
            {
                _at++;
            }

            return text[start.._at];
        }

        while (_at < text.Length && !IsSpecial(text[_at]) && text[_at] is not (' ' or '\t' or '\r' or '\n'))
        {
            _at++;
        }

        return text[start.._at];
    }

    private FormatException Unexpected(string token, string wanted) =>
        new($"unable to parse requirement: found '{token}', expected: {wanted}, in selector '{text}'");

    private static bool IsSpecial(char c) => c is '=' or '!' or '(' or ')' or ',' or '<' or '>';
}
