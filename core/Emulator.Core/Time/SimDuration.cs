namespace Emulator.Core.Time;

/// <summary>A length of virtual time in whole nanoseconds; may be negative where a difference is meant.</summary>
public readonly record struct SimDuration(long Nanoseconds) : IComparable<SimDuration>
{
    /// <summary>No time at all.</summary>
    public static readonly SimDuration Zero = new(0);

    /// <summary>A duration of whole microseconds.</summary>
    public static SimDuration FromMicroseconds(long microseconds) => new(checked(microseconds * 1_000));

    /// <summary>A duration of whole milliseconds.</summary>
    public static SimDuration FromMilliseconds(long milliseconds) => new(checked(milliseconds * 1_000_000));

    /// <summary>A duration of whole seconds.</summary>
    public static SimDuration FromSeconds(long seconds) => new(checked(seconds * 1_000_000_000));

    /// <summary>The sum of two durations.</summary>
    public static SimDuration operator +(SimDuration left, SimDuration right) =>
        new(checked(left.Nanoseconds + right.Nanoseconds));

    /// <summary>The difference of two durations.</summary>
    public static SimDuration operator -(SimDuration left, SimDuration right) =>
        new(left.Nanoseconds - right.Nanoseconds);

    /// <summary>A duration taken several times.</summary>
    public static SimDuration operator *(SimDuration duration, long factor) =>
        new(checked(duration.Nanoseconds * factor));

    /// <summary>Whether one duration is shorter than another.</summary>
    public static bool operator <(SimDuration left, SimDuration right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Whether one duration is longer than another.</summary>
    public static bool operator >(SimDuration left, SimDuration right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Whether one duration is not longer than another.</summary>
    public static bool operator <=(SimDuration left, SimDuration right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Whether one duration is not shorter than another.</summary>
    public static bool operator >=(SimDuration left, SimDuration right) => left.Nanoseconds >= right.Nanoseconds;

    /// <inheritdoc/>
    public int CompareTo(SimDuration other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Milliseconds with six decimals, such as <c>0.050000ms</c>.</summary>
    public override string ToString() =>
        $"{(Nanoseconds < 0 ? "-" : "")}{Math.Abs(Nanoseconds) / 1_000_000}.{Math.Abs(Nanoseconds) % 1_000_000:D6}ms";
}
