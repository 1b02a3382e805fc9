namespace Emulator.Silo.Storage;

/// <summary>When to try again: pauses that double from half a second to five, until patience ends.</summary>
/// <param name="patience">How long to go on after the first try. The last try comes at its very end.</param>
internal sealed class RetrySchedule(TimeSpan patience)
{
    /// <summary>The first pause: half a second.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest pause: 5 seconds.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private TimeSpan _pause = First;

    /// <summary>The pause before the next try; null when there is to be none.</summary>
    /// <param name="waited">How long ago the first try began.</param>
    public TimeSpan? Next(TimeSpan waited)
    {
        if (waited >= patience)
        {
            return null;
        }

        TimeSpan pause = _pause < patience - waited ? _pause : patience - waited;
        _pause = _pause * 2 < Longest ? _pause * 2 : Longest;
        return pause;
    }
}
