using Emulator.Core.Actors;

namespace Emulator.Linux.Cgroups;

/// <summary>The owner of a machine's cgroup hierarchy.</summary>
/// <remarks>
/// A write that the kernel would refuse is our bug, since only the kubelet writes here: it throws.
/// In: <see cref="WriteCgroup"/>, <see cref="RemoveCgroup"/>. Out: nothing yet.
/// </remarks>
public sealed class CgroupsActor(ActorRef self) : Actor(self)
{
    /// <summary>The hierarchy, for tests and reports of a run that stands still.</summary>
    public CgroupTree Tree { get; } = new();

    /// <inheritdoc/>
    public override void Receive(Message message, int port, Outbox outbox)
    {
        switch (message)
        {
            case WriteCgroup write:
                Write(write);
                break;
            case RemoveCgroup remove:
                Tree.Remove(remove.Path);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{Self}: {message.GetType().Name}");
        }
    }

    private void Write(WriteCgroup write)
    {
        if (!Tree.Create(write.Path))
        {
            throw new InvalidOperationException($"{Self}: no room for {write.Path} among {Tree.Count} cgroups");
        }

        foreach (CgroupSetting setting in write.Settings)
        {
            if (!Tree.Write(write.Path, setting.File, setting.Value))
            {
                throw new InvalidOperationException(
                    $"{Self}: {write.Path}/{setting.File} does not take '{setting.Value}'");
            }
        }
    }
}
