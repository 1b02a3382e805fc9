using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Storage;

/// <summary>
/// The last writes of one type, for watches that resume. Bounded; what is older is forgotten and gives 410.
/// </summary>
internal sealed class ChangeHistory(int lengthMax)
{
    private Change[] _ring = new Change[Math.Min(64, lengthMax)];
    private int _first;
    private int _count;

    /// <summary>All writes after this one are known.</summary>
    public ResourceVersion CompleteAfter { get; private set; }

    public void Add(Change change)
    {
        if (_count == _ring.Length && _count < lengthMax)
        {
            Grow();
        }

        if (_count == _ring.Length)
        {
            CompleteAfter = _ring[_first].Version;
            _ring[_first] = change;
            _first = (_first + 1) % _ring.Length;
            return;
        }

        _ring[(_first + _count++) % _ring.Length] = change;
    }

    /// <summary>The writes after a version, oldest first.</summary>
    public IEnumerable<Change> After(ResourceVersion version)
    {
        for (int i = PlaceAfter(version); i < _count; i++)
        {
            yield return _ring[(_first + i) % _ring.Length];
        }
    }

    private int PlaceAfter(ResourceVersion version)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ring[(_first + middle) % _ring.Length].Version > version)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private void Grow()
    {
        var larger = new Change[Math.Min(lengthMax, _ring.Length * 2)];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = _ring[(_first + i) % _ring.Length];
        }

        _ring = larger;
        _first = 0;
    }
}
