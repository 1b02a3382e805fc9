namespace Emulator.Kubernetes.ApiServer.Allocation;

/// <summary>
/// Gives out numbers of a range: node ports, and places in the Service range. Who asks for a certain one gets it.
/// </summary>
/// <remarks>
/// The range's lower band is left to those who ask for a certain number, until the upper band is full (KEP-3070,
/// KEP-3668). Kubernetes draws from the band at random; here the next free number after the last one given is taken.
/// </remarks>
/// <param name="first">The least number.</param>
/// <param name="count">How many there are.</param>
/// <param name="reservedBand">How many of the lowest are left to those who ask.</param>
internal sealed class RangeAllocator(long first, long count, long reservedBand)
{
    private readonly HashSet<long> _taken = [];
    private readonly long _band = reservedBand;
    private long _next = reservedBand;

    /// <summary>Whether a number lies in the range.</summary>
    public bool Contains(long number) => number >= first && number < first + count;

    /// <summary>Takes a certain number; false when it is taken.</summary>
    public bool TryTake(long number) => _taken.Add(number);

    /// <summary>Takes some number; false when none is left.</summary>
    public bool TryTakeAny(out long number) =>
        TryTakeFrom(_next, count, out number) || TryTakeFrom(_band, _next, out number)
        || TryTakeFrom(0, _band, out number);

    /// <summary>Gives a number back.</summary>
    public void Release(long number) => _taken.Remove(number);

    private bool TryTakeFrom(long from, long to, out long number)
    {
        for (long place = from; place < to; place++)
        {
            number = first + place;
            if (_taken.Add(number))
            {
                _next = Math.Max(_band, place + 1);
                return true;
            }
        }

        number = 0;
        return false;
    }
}
