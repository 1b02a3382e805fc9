namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>What a collector answers: <c>ExportTraceServiceResponse</c>.</summary>
/// <remarks>
/// Source: opentelemetry-proto, <c>collector/trace/v1</c>: field 1 is <c>partial_success</c>, in it field 1 the
/// number of rejected spans. A body that is no such message counts as "none rejected": the status has said that it
/// was accepted.
/// </remarks>
internal static class ExportResponse
{
    /// <summary>How many spans were refused.</summary>
    public static long RejectedSpans(ReadOnlySpan<byte> response) =>
        TryField(response, 1, out ReadOnlySpan<byte> partial, out _) && TryField(partial, 1, out _, out ulong rejected)
            ? (long)rejected
            : 0;

    private static bool TryField(ReadOnlySpan<byte> message, ulong wanted, out ReadOnlySpan<byte> bytes,
        out ulong number)
    {
        bytes = default;
        number = 0;
        while (TryVarint(ref message, out ulong tag))
        {
            if (!TryVarint(ref message, out number))
            {
                return false;
            }

            bool isBytes = (tag & 7) == 2;
            if (((tag & 7) != 0 && !isBytes) || (isBytes && number > (ulong)message.Length))
            {
                return false;
            }

            if (isBytes)
            {
                bytes = message[..(int)number];
                message = message[(int)number..];
            }

            if (tag >> 3 == wanted)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (int i = 0; i < message.Length && i < 10; i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
