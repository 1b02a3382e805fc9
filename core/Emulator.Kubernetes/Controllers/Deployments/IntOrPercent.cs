using System.Globalization;
using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Controllers.Deployments;

/// <summary>A number, or a part of a whole as <c>25%</c>.</summary>
public static class IntOrPercent
{
    /// <summary>The number that is meant, of a whole.</summary>
    /// <param name="value">A number or percentage; null is 0.</param>
    /// <param name="whole">What a percentage is of.</param>
    /// <param name="roundUp">Whether a broken part counts whole.</param>
    /// <exception cref="FormatException">It is neither.</exception>
    public static int Scaled(JsonValue? value, int whole, bool roundUp)
    {
        if (value is null or JsonNull)
        {
            return 0;
        }

        if (value.AsInt64 is long number)
        {
            return (int)number;
        }

        string text = value.AsString ?? "";
        if (text.EndsWith('%')
            && long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture,
                out long percent))
        {
            return (int)(((percent * whole) + (roundUp ? 99 : 0)) / 100);
        }

        throw new FormatException($"'{text}' is neither a whole number nor a percentage; write 3 or 25%.");
    }
}
