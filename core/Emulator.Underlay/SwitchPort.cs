using Emulator.Core.Addresses;
using Emulator.Core.Journal;

namespace Emulator.Underlay;

/// <summary>A switch's port: the near end of the wire to a peer.</summary>
/// <param name="Number">The port's number, from 1, which the peer's wire must name as the receiver's port.</param>
/// <param name="JournalName">The switch's name and the port's, <c>sw-</c> and the peer's name unless the cluster file
/// pins it.</param>
/// <param name="Mac">The port's own address, which a switch never sends from.</param>
/// <param name="Wire">The wire to the peer.</param>
/// <param name="IsTrunk">Whether the peer is another zone's switch.</param>
public sealed record SwitchPort(int Number, InterfaceName JournalName, MacAddress Mac, Wire Wire, bool IsTrunk);
