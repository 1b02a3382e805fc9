namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>What may be a label's key and value, and an object's name.</summary>
/// <remarks>Source: k8s.io/apimachinery/pkg/util/validation, whose wording the problems follow.</remarks>
public static class LabelSyntax
{
    private const int NameLengthMax = 63;
    private const int SubdomainLengthMax = 253;

    private const string QualifiedNameProblem =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string LabelValueProblem =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        + "validation is "
        + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const string SubdomainProblemText =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string LabelProblemText =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string Rfc1035ProblemText =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
        + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
        + "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    /// <summary>What is wrong with a label's or annotation's key, or null.</summary>
    public static string? KeyProblem(string key)
    {
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        string name = key[(slash + 1)..];
        if (slash == 0)
        {
            return "prefix part must be non-empty";
        }

        if (slash > 0 && SubdomainProblem(key[..slash]) is { } problem)
        {
            return $"prefix part {problem}";
        }

        return name.Length == 0 ? "name part must be non-empty"
            : name.Length > NameLengthMax ? "name part must be no more than 63 bytes"
            : IsQualifiedName(name) ? null : QualifiedNameProblem;
    }

    /// <summary>What is wrong with a label's value, or null.</summary>
    public static string? ValueProblem(string value) =>
        value.Length > NameLengthMax ? "must be no more than 63 bytes"
        : value.Length == 0 || IsQualifiedName(value) ? null : LabelValueProblem;

    /// <summary>What is wrong with a name of most objects (an RFC 1123 subdomain), or null.</summary>
    public static string? SubdomainProblem(string name)
    {
        if (name.Length > SubdomainLengthMax)
        {
            return "must be no more than 253 bytes";
        }

        foreach (Range part in name.AsSpan().Split('.'))
        {
            if (!IsDnsLabel(name.AsSpan(part)))
            {
                return SubdomainProblemText;
            }
        }

        return null;
    }

    /// <summary>What is wrong with an RFC 1123 label (a namespace's, container's or port's name), or null.</summary>
    public static string? LabelProblem(string name) =>
        name.Length > NameLengthMax ? "must be no more than 63 bytes" : IsDnsLabel(name) ? null : LabelProblemText;

    /// <summary>What is wrong with an RFC 1035 label (a Service's name), or null.</summary>
    public static string? Rfc1035Problem(string name) =>
        name.Length > NameLengthMax ? "must be no more than 63 bytes"
        : IsDnsLabel(name) && char.IsAsciiLetterLower(name[0]) ? null : Rfc1035ProblemText;

    private static bool IsDnsLabel(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return text.Length > 0 && text[0] != '-' && text[^1] != '-';
    }

    private static bool IsQualifiedName(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]);
    }
}
