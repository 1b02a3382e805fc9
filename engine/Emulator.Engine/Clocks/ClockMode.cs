using System.Globalization;

namespace Emulator.Engine.Clocks;

/// <summary>How virtual time follows wall time.</summary>
public enum ClockKind
{
    /// <summary>As fast as it can.</summary>
    Virtual,

    /// <summary>Paced: virtual time never runs ahead of wall time × factor.</summary>
    Realtime,

    /// <summary>Stands still until somebody asks for a step.</summary>
    Step,
}

/// <summary>What <c>--clock</c> chose.</summary>
public sealed record ClockMode
{
    private const string Cure =
        "write virtual, realtime, realtime:FACTOR (such as realtime:10 or realtime:0.5) or step.";

    private ClockMode(ClockKind kind, long factorThousandths)
    {
        Kind = kind;
        FactorThousandths = factorThousandths;
    }

    /// <summary>As fast as it can.</summary>
    public static readonly ClockMode Virtual = new(ClockKind.Virtual, 1_000);

    /// <summary>One second a second.</summary>
    public static readonly ClockMode Realtime = new(ClockKind.Realtime, 1_000);

    /// <summary>By request.</summary>
    public static readonly ClockMode Step = new(ClockKind.Step, 1_000);

    /// <summary>Which of the three.</summary>
    public ClockKind Kind { get; }

    /// <summary>
    /// Virtual time per wall time in thousandths, 1 to 1,000,000,000; 1,000 unless realtime says otherwise.
    /// </summary>
    public long FactorThousandths { get; }

    /// <summary>Reads <c>virtual</c>, <c>realtime</c>, <c>realtime:10</c> or <c>step</c>.</summary>
    /// <exception cref="FormatException">The text is none of these; the message says what to write.</exception>
    public static ClockMode Parse(string text)
    {
        switch (text)
        {
            case "virtual":
                return Virtual;
            case "realtime":
                return Realtime;
            case "step":
                return Step;
        }

        const string prefix = "realtime:";
        if (!text.StartsWith(prefix, StringComparison.Ordinal))
        {
            throw new FormatException($"--clock: '{text}' is not a clock; {Cure}");
        }

        string factor = text[prefix.Length..];
        if (!decimal.TryParse(factor, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            || value < 0.001m || value > 1_000_000m || value * 1_000m != decimal.Truncate(value * 1_000m))
        {
            throw new FormatException(
                $"--clock: '{factor}' is not a speed; give 0.001 to 1000000 with up to three decimals, "
                + "such as realtime:10.");
        }

        long thousandths = (long)(value * 1_000m);
        return new ClockMode(ClockKind.Realtime, thousandths);
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Kind switch
    {
        ClockKind.Virtual => "virtual",
        ClockKind.Step => "step",
        _ => FactorThousandths == 1_000
            ? "realtime"
            : $"realtime:{(FactorThousandths / 1_000m).ToString("0.###", CultureInfo.InvariantCulture)}",
    };
}
