using Emulator.Core.Actors;
using Emulator.Core.Addresses;

namespace Emulator.Client.Fuzzing.Frames;

/// <summary>A place where frames are put into the network.</summary>
/// <param name="To">Who takes them; null for the source's own wire.</param>
/// <param name="Port">The port or interface index that they arrive at.</param>
/// <param name="Mac">The hardware address that frames there are for, most of the time.</param>
/// <param name="Weight">How often it is chosen.</param>
internal sealed record Door(ActorRef? To, int Port, MacAddress Mac, int Weight);
