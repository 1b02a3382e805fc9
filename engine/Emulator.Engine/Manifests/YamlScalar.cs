using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Emulator.Core.Documents;

namespace Emulator.Engine.Manifests;

/// <summary>What an unquoted YAML word means: null, a truth value, a number or a text.</summary>
/// <remarks>
/// The same as kubectl's reader (sigs.k8s.io/yaml), which is YAML 1.1 here: <c>yes no on off y n</c> are truth values,
/// <c>0644</c> is octal, <c>1_000</c> is a thousand, while times of day (<c>22:22</c>) and dates stay texts. Quoted
/// words are
/// texts whatever they say.
/// </remarks>
internal static partial class YamlScalar
{
    /// <summary>Reads an unquoted word. False for numbers that JSON cannot hold (<c>.inf</c>, <c>.nan</c>).</summary>
    public static bool TryResolve(string word, out JsonValue value)
    {
        value = word switch
        {
            "" or "~" or "null" or "Null" or "NULL" => JsonNull.Instance,
            "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y" =>
            JsonBool.True,
            "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "n" or "N" =>
            JsonBool.False,
            _ => (JsonValue?)Number(word) ?? new JsonString(word),
        };
        return !NotFinite().IsMatch(word);
    }

    private static JsonNumber? Number(string word)
    {
        if (!char.IsAsciiDigit(word[0]) && word[0] is not ('+' or '-' or '.'))
        {
            return null;
        }

        string plain = word[0] == '.' ? word : word.Replace("_", "", StringComparison.Ordinal);
        if (Whole(plain) is BigInteger whole)
        {
            return new JsonNumber(whole.ToString(CultureInfo.InvariantCulture));
        }

        if (Float().IsMatch(plain)
            && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
            && double.IsFinite(real))
        {
            return new JsonNumber(real.ToString("R", CultureInfo.InvariantCulture));
        }

        return null;
    }

    private static BigInteger? Whole(string word)
    {
        bool negative = word[0] == '-';
        ReadOnlySpan<char> digits = word.AsSpan(word[0] is '-' or '+' ? 1 : 0);
        int radix = 10;
        if (digits.Length > 1 && digits[0] == '0')
        {
            (radix, int skip) = digits[1] switch
            {
                'x' or 'X' => (16, 2),
                'o' or 'O' => (8, 2),
                'b' or 'B' => (2, 2),
                _ => (8, 1),
            };
            digits = digits[skip..];
        }

        BigInteger value = BigInteger.Zero;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 16;
            if (digit >= radix)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        return digits.Length == 0 || digits.Length > 400 ? null : negative ? -value : value;
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Float();

    [GeneratedRegex(@"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")]
    private static partial Regex NotFinite();
}
