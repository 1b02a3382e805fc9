using Emulator.Core.Actors;

namespace Emulator.Underlay;

/// <summary>Told to the machine that owns a wire: from now on the wire behind this port is like this.</summary>
/// <param name="Port">The switch port, or the network card's interface index.</param>
/// <param name="Options">What the wire is like; its latency not below the least.</param>
public sealed record ChangeWire(int Port, WireOptions Options) : Message;
