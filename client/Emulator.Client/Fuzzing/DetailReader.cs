using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Engine.Execution;
using Emulator.Linux.Netfilter;

namespace Emulator.Client.Fuzzing;

/// <summary>Reads the journal as exporters do: describes every subject, encodes every frame, and reads back the rules
/// that a kernel lists. What cannot be described or encoded is an exception.</summary>
internal sealed class DetailReader : IJournalProjection
{
    private readonly byte[] _buffer = new byte[ushort.MaxValue + EthernetFrame.HeaderLength];

    /// <inheritdoc/>
    public bool WantsDetail => true;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        foreach (ref readonly JournalEntry entry in entries)
        {
            switch (entry.Subject)
            {
                case EthernetFrame frame:
                    Check(frame);
                    break;
                case IDescribed described:
                    described.Describe();
                    break;
                case string text when entry.Kind == JournalKind.CommandOutput && text.StartsWith('*'):
                    IptablesRestore.Parse(text);
                    break;
                default:
                    break;
            }
        }
    }

    private void Check(EthernetFrame frame)
    {
        int length = PacketEncoder.Encode(frame, _buffer);
        if (length != frame.Length)
        {
            throw new EngineException($"A frame of {frame.Length} bytes was encoded to {length}: {frame}");
        }
    }
}
