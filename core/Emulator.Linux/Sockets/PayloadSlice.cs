using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>Cuts payloads without copying.</summary>
public static class PayloadSlice
{
    /// <summary>A piece of a payload; shares its memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The piece lies outside the payload.</exception>
    /// <exception cref="NotSupportedException">The payload is a VXLAN frame, which no stream carries.</exception>
    public static Payload Slice(this Payload payload, int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, payload.Length);
        if (length == payload.Length)
        {
            return payload;
        }

        return payload switch
        {
            BytesPayload bytes => new BytesPayload(bytes.Bytes.Slice(offset, length)),
            FillerPayload => new FillerPayload(length),
            _ => throw new NotSupportedException($"cannot cut a {payload.GetType().Name}; send bytes or filler"),
        };
    }

    /// <summary>Copies a payload's bytes; filler is zeros.</summary>
    public static void CopyTo(this Payload payload, Span<byte> target)
    {
        if (payload is BytesPayload bytes)
        {
            bytes.Bytes.Span.CopyTo(target);
        }
        else
        {
            target[..payload.Length].Clear();
        }
    }

    /// <summary>A payload's bytes; filler becomes zeros.</summary>
    public static ReadOnlyMemory<byte> ToBytes(this Payload payload)
    {
        if (payload is BytesPayload bytes)
        {
            return bytes.Bytes;
        }

        return new byte[payload.Length];
    }
}
