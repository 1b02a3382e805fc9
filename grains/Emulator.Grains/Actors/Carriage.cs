using Emulator.Engine.Distribution;

namespace Emulator.Grains.Actors;

/// <summary>
/// One message in the hands of the carrier that takes it to its actor's grain. It never leaves the silo.
/// </summary>
/// <param name="Delivery">The message and its receiver.</param>
/// <param name="Carrier">Who carries the shard's next message afterwards.</param>
public sealed record Carriage(Delivery Delivery, GrainCarrier Carrier);
