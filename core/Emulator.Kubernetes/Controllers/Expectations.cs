using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers;

/// <summary>
/// What a controller asked for and has not yet seen come back by its watch. While anything is open it must not count,
/// or it would ask twice.
/// </summary>
/// <remarks>Source: Kubernetes' <c>UIDTrackingControllerExpectations</c>; what is not seen within 5 minutes is given
/// up.</remarks>
public sealed class Expectations
{
    /// <summary>How long an expectation holds: 5 minutes.</summary>
    public static readonly SimDuration Timeout = SimDuration.FromSeconds(300);

    private readonly Dictionary<ObjectKey, Expected> _byController = [];

    /// <summary>Whether a controller's watch shows all that it asked for, or it is too long ago.</summary>
    public bool AreSatisfied(ObjectKey controller, SimTime now) =>
        !_byController.TryGetValue(controller, out Expected? expected)
        || (expected.Creations <= 0 && expected.Deletions.Count == 0)
        || now - expected.Since > Timeout;

    /// <summary>So many creations were asked for.</summary>
    public void ExpectCreations(ObjectKey controller, int count, SimTime now) =>
        _byController[controller] = new Expected(now) { Creations = count };

    /// <summary>These objects' deletion was asked for.</summary>
    public void ExpectDeletions(ObjectKey controller, IEnumerable<string> uids, SimTime now) =>
        _byController[controller] = new Expected(now) { Deletions = new HashSet<string>(uids, StringComparer.Ordinal) };

    /// <summary>A creation was seen, or failed.</summary>
    public void CreationSeen(ObjectKey controller, int count = 1)
    {
        if (_byController.TryGetValue(controller, out Expected? expected))
        {
            expected.Creations -= count;
        }
    }

    /// <summary>A deletion was seen, or failed.</summary>
    public void DeletionSeen(ObjectKey controller, string uid)
    {
        if (_byController.TryGetValue(controller, out Expected? expected))
        {
            expected.Deletions.Remove(uid);
        }
    }

    /// <summary>The controller is gone.</summary>
    public void Forget(ObjectKey controller) => _byController.Remove(controller);

    private sealed class Expected(SimTime since)
    {
        public SimTime Since => since;

        public int Creations { get; set; }

        public HashSet<string> Deletions { get; init; } = [];
    }
}
