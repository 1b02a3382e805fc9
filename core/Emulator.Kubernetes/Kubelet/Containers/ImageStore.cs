using Emulator.Core.Time;

namespace Emulator.Kubernetes.Kubelet.Containers;

/// <summary>The images that a node has, or is pulling: one after the other, as the kubelet does by default.</summary>
/// <remarks>Left out: sizes, garbage collection, imagePullPolicy, pulls that fail.</remarks>
internal sealed class ImageStore
{
    private readonly Dictionary<string, SimTime> _readyAt = new(StringComparer.Ordinal);
    private SimTime _busyUntil;

    /// <summary>When an image is there for a container that asks for it now.</summary>
    /// <param name="image">The image.</param>
    /// <param name="pullTime">How long its pull takes; zero for an image that is there from the start.</param>
    /// <param name="now">The time.</param>
    public SimTime ReadyAt(string image, SimDuration pullTime, SimTime now)
    {
        if (_readyAt.TryGetValue(image, out SimTime at))
        {
            return at;
        }

        if (pullTime == SimDuration.Zero)
        {
            return now;
        }

        _busyUntil = (_busyUntil < now ? now : _busyUntil) + pullTime;
        _readyAt.Add(image, _busyUntil);
        return _busyUntil;
    }
}
