using System.Collections;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>Lists one after another, read as one without copying them.</summary>
internal sealed class JoinedList<T> : IReadOnlyList<T>
{
    private readonly IReadOnlyList<T>[] _parts;
    private readonly int[] _starts;

    /// <summary>These lists, in order; they must not change.</summary>
    public JoinedList(IEnumerable<IReadOnlyList<T>> parts)
    {
        _parts = [.. parts.Where(p => p.Count > 0)];
        _starts = new int[_parts.Length];
        for (int i = 0; i < _parts.Length; i++)
        {
            _starts[i] = Count;
            Count += _parts[i].Count;
        }
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public T this[int index]
    {
        get
        {
            int place = Array.BinarySearch(_starts, index);
            int part = place >= 0 ? place : ~place - 1;
            return _parts[part][index - _starts[part]];
        }
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _parts.SelectMany(p => p).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
