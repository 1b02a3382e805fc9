using System.Diagnostics;
using Emulator.Core.Actors;

namespace Emulator.Cluster.Building;

/// <summary>What configures a machine's network when it boots, as systemd-networkd does: it sends netlink messages and
/// rests.</summary>
/// <remarks>In: nothing. Out: netlink messages to the machine's root, at the start.</remarks>
/// <param name="self">The actor's address.</param>
/// <param name="host">The machine's root.</param>
/// <param name="messages">What it sends, in order.</param>
public sealed class NetworkSetup(ActorRef self, ActorRef host, IReadOnlyList<Message> messages) : Actor(self)
{
    /// <inheritdoc/>
    public override void OnStart(Outbox outbox)
    {
        foreach (Message message in messages)
        {
            outbox.Send(host, message);
        }
    }

    /// <inheritdoc/>
    public override void Receive(Message message, int port, Outbox outbox) =>
        throw new UnreachableException($"{Self.Name} takes no messages, but got {message}.");
}
