namespace Emulator.Core.Time;

/// <summary>An instant of virtual time: whole nanoseconds since the start of the run, never negative.</summary>
/// <remarks>The model never sees a calendar date; exporters add an offset that is fixed when the run starts.</remarks>
public readonly record struct SimTime(long Nanoseconds) : IComparable<SimTime>
{
    /// <summary>The start of the run.</summary>
    public static readonly SimTime Zero = new(0);

    /// <summary>The instant that is <paramref name="duration"/> later.</summary>
    public static SimTime operator +(SimTime time, SimDuration duration) =>
        new(checked(time.Nanoseconds + duration.Nanoseconds));

    /// <summary>How long after <paramref name="earlier"/> the instant <paramref name="later"/> is.</summary>
    public static SimDuration operator -(SimTime later, SimTime earlier) =>
        new(later.Nanoseconds - earlier.Nanoseconds);

    /// <summary>Whether one instant is before another.</summary>
    public static bool operator <(SimTime left, SimTime right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Whether one instant is after another.</summary>
    public static bool operator >(SimTime left, SimTime right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Whether one instant is not after another.</summary>
    public static bool operator <=(SimTime left, SimTime right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Whether one instant is not before another.</summary>
    public static bool operator >=(SimTime left, SimTime right) => left.Nanoseconds >= right.Nanoseconds;

    /// <inheritdoc/>
    public int CompareTo(SimTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Seconds with nine decimals, such as <c>1.000002500s</c>.</summary>
    public override string ToString() =>
        $"{Nanoseconds / 1_000_000_000}.{Nanoseconds % 1_000_000_000:D9}s";
}
