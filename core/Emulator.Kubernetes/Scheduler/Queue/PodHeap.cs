namespace Emulator.Kubernetes.Scheduler.Queue;

/// <summary>A binary heap of pods with removal from the middle; the order must be total, so that it is the same on each
/// run.</summary>
public sealed class PodHeap(Func<QueuedPod, QueuedPod, bool> less)
{
    private readonly List<QueuedPod> _pods = [];

    /// <summary>How many wait.</summary>
    public int Count => _pods.Count;

    /// <summary>The first, or null.</summary>
    public QueuedPod? Peek() => _pods.Count == 0 ? null : _pods[0];

    /// <summary>Adds a pod.</summary>
    public void Add(QueuedPod pod)
    {
        pod.HeapIndex = _pods.Count;
        _pods.Add(pod);
        Up(pod.HeapIndex);
    }

    /// <summary>Takes the first out.</summary>
    /// <exception cref="InvalidOperationException">The heap is empty.</exception>
    public QueuedPod Pop()
    {
        QueuedPod first = Peek() ?? throw new InvalidOperationException("The heap is empty.");
        Remove(first);
        return first;
    }

    /// <summary>Takes a pod out that is in this heap.</summary>
    public void Remove(QueuedPod pod)
    {
        int index = pod.HeapIndex;
        int last = _pods.Count - 1;
        Place(_pods[last], index);
        _pods.RemoveAt(last);
        pod.HeapIndex = -1;
        if (index < last)
        {
            Up(index);
            Down(index);
        }
    }

    private void Up(int index)
    {
        QueuedPod pod = _pods[index];
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!less(pod, _pods[parent]))
            {
                break;
            }

            Place(_pods[parent], index);
            index = parent;
        }

        Place(pod, index);
    }

    private void Down(int index)
    {
        QueuedPod pod = _pods[index];
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= _pods.Count)
            {
                break;
            }

            if (child + 1 < _pods.Count && less(_pods[child + 1], _pods[child]))
            {
                child++;
            }

            if (!less(_pods[child], pod))
            {
                break;
            }

            Place(_pods[child], index);
            index = child;
        }

        Place(pod, index);
    }

    private void Place(QueuedPod pod, int index)
    {
        _pods[index] = pod;
        pod.HeapIndex = index;
    }
}
