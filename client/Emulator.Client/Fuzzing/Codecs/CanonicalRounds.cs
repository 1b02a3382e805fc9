using Emulator.Client.Fuzzing.Networks;
using Emulator.Cluster.Canonical;
using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Core.Packets;
using Emulator.Linux.Netlink;

namespace Emulator.Client.Fuzzing.Codecs;

/// <summary>Messages through the canonical encoding, whole and damaged.</summary>
internal sealed class CanonicalRounds(Dice dice)
{
    private readonly MessageCodec _codec = new();
    private readonly CanonicalWriter _writer = new();
    private readonly CanonicalWriter _again = new();

    /// <summary>A frame there and back, and with one byte changed.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Frame(EthernetFrame frame) => Whole(frame) ?? Damaged();

    /// <summary>Everything that configures a network; tables and programs too.</summary>
    public string? Messages(IEnumerable<Step> steps)
    {
        string? wrong = null;
        foreach (Step step in steps)
        {
            wrong ??= Whole(step.Message);
            wrong ??= dice.OneIn(4) ? Damaged() : null;
        }

        return wrong;
    }

    private string? Whole(Message message)
    {
        _writer.Clear();
        try
        {
            _codec.Write(_writer, message);
        }
        catch (NotSupportedException) when (message is NetlinkMessage and not (SetLink or SetSysctl or ReplaceQdisc))
        {
            _writer.Clear();
            return null; // Netlink messages of one machine never leave it.
        }

        var reader = new CanonicalReader(_writer.ToArray());
        Message read = _codec.Read(reader);
        _again.Clear();
        _codec.Write(_again, read);
        return reader.Remaining > 0 ? $"{reader.Remaining} bytes of {message.GetType().Name} are left unread"
            : _again.Written.SequenceEqual(_writer.Written) ? null
            : $"{message} is written differently once it was read";
    }

    private string? Damaged()
    {
        if (_writer.Length == 0)
        {
            return null;
        }

        byte[] bytes = _writer.ToArray();
        bytes[dice.Below(bytes.Length)] = dice.Byte();
        int length = dice.OneIn(3) ? dice.Below(bytes.Length + 1) : bytes.Length;
        Message read;
        try
        {
            read = _codec.Read(new CanonicalReader(bytes.AsMemory(0, length)));
        }
        catch (FormatException)
        {
            return null; // The documented refusal.
        }

        _again.Clear();
        _codec.Write(_again, read);
        _writer.Clear();
        _codec.Write(_writer, _codec.Read(new CanonicalReader(_again.ToArray())));
        return _again.Written.SequenceEqual(_writer.Written)
            ? null : $"{read}, read of damaged bytes, is written differently once it was read again";
    }
}
