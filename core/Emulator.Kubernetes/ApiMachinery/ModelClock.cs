using System.Globalization;
using Emulator.Core.Time;

namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>
/// How virtual time is written in objects. The model's first instant is 2025-01-01T00:00:00Z, always; exporters that
/// want a real date add an offset that the model never sees.
/// </summary>
/// <remarks>Source: RFC 3339; metav1.Time has whole seconds, metav1.MicroTime six decimals.</remarks>
public static class ModelClock
{
    private static readonly DateTime Start = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>An instant in whole seconds, rounded down: <c>2025-01-01T00:00:10Z</c>.</summary>
    public static string ToText(SimTime time) => Start.AddSeconds(time.Nanoseconds / 1_000_000_000)
        .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>An instant in microseconds, rounded down: <c>2025-01-01T00:00:10.000250Z</c>.</summary>
    public static string ToMicroText(SimTime time) => Start.AddTicks(time.Nanoseconds / 1_000 * 10)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads an instant; text that is no RFC 3339 time, or null, gives false.</summary>
    public static bool TryParse(string? text, out SimTime time)
    {
        bool read = DateTime.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
            out DateTime date);
        time = read ? new SimTime((date - Start).Ticks * 100) : SimTime.Zero;
        return read;
    }
}
