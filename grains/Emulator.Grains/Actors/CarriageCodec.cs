using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace Emulator.Grains.Actors;

/// <summary>Refuses to write a carriage: an actor's grain is on its shard's silo, so none ever leaves it.</summary>
[RegisterSerializer]
public sealed class CarriageCodec : IFieldCodec<Carriage>
{
    /// <inheritdoc/>
    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, Carriage? value)
        where TBufferWriter : IBufferWriter<byte> =>
        throw new NotSupportedException(
            $"A message for {value?.Delivery.Actor.Self.Name} is about to leave the silo of its shard; its grain is "
            + "elsewhere.");

    /// <inheritdoc/>
    public Carriage ReadValue<TInput>(ref Reader<TInput> reader, Field field) =>
        throw new NotSupportedException("A carriage never leaves its silo.");
}
