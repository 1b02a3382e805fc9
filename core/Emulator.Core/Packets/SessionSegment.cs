using Emulator.Core.Actors;

namespace Emulator.Core.Packets;

/// <summary>
/// A piece of an API client's session with the API server, on the same wires as frames: it counts against rate and
/// obeys
/// partitions, but it is not a TCP segment. In order for each pair of ends; loss appears as delay.
/// </summary>
/// <remarks>
/// An actor hands it to its machine's root, which sends it over its wire; switches pass it on by the receiver's
/// machine; the
/// receiving machine's root hands <see cref="Content"/>'s envelope to <see cref="To"/>.
/// </remarks>
/// <param name="From">Who sent it.</param>
/// <param name="To">Who takes it.</param>
/// <param name="LengthBytes">What it weighs on the wire, at least 1.</param>
/// <param name="Content">The request, response or batch of watch events.</param>
public sealed record SessionSegment(ActorRef From, ActorRef To, int LengthBytes, Message Content) : Message;
