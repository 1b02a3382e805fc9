using Emulator.Client.Fuzzing.Frames;
using Emulator.Client.Fuzzing.Networks;
using Emulator.Client.Fuzzing.Rules;
using Emulator.Core.Packets;
using Emulator.Core.Packets.Dns;
using Emulator.Core.Packets.Http;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Client.Fuzzing.Codecs;

/// <summary>Gives random and damaged bytes and texts to everything that reads them: refusing is right, an exception
/// that is not documented is wrong, and what was read must be written and read again as the same.</summary>
internal sealed class CodecRounds
{
    private const int Rounds = 150;
    private const int Texts = 4;

    private static readonly byte[] Dns =
    [
        0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 3, .. "web"u8, 0, 0, 1, 0, 1,
        0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 1, 2, 3, 4,
    ];

    private static readonly byte[] Http =
    [
        .. "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"u8,
        .. "HTTP/1.1 200 OK\r\n\r\n"u8,
    ];

    private readonly Dice _dice;
    private readonly NetworkPlan _plan;
    private readonly PacketMaker _packets;
    private readonly ByteMutation _mutation;
    private readonly TableMaker _tables;
    private readonly CanonicalRounds _canonical;
    private readonly byte[] _buffer = new byte[ByteMutation.LengthMax];
    private readonly byte[] _again = new byte[ByteMutation.LengthMax];

    /// <summary>The rounds of one case.</summary>
    public CodecRounds(ulong seed)
    {
        _dice = new Dice(seed, "codecs");
        _plan = new NetworkPlanner(seed).Plan();
        _packets = new PacketMaker(_dice, _plan);
        _mutation = new ByteMutation(_dice);
        _tables = new TableMaker(_dice, _plan);
        _canonical = new CanonicalRounds(_dice);
    }

    /// <summary>All rounds.</summary>
    /// <returns>What went wrong first; null where nothing did.</returns>
    public string? Run()
    {
        string step = "";
        try
        {
            for (int i = 0; i < Rounds; i++)
            {
                step = "a frame's bytes";
                string? wrong = Bytes(out EthernetFrame made);
                step = "a frame in the canonical encoding";
                wrong ??= _canonical.Frame(made);
                if (wrong is not null)
                {
                    return $"codec: {wrong}";
                }
            }

            step = "messages in the canonical encoding";
            string? message = _canonical.Messages(new SetupMaker(_plan, _dice.Long()).Steps());
            for (int i = 0; i < Texts && message is null; i++)
            {
                step = "a rule's text";
                message = Rules();
                step = "DNS and HTTP";
                Application();
            }

            return message is null ? null : $"codec: {message}";
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            return $"codec: {step}: {thrown.GetType().Name}: {thrown.Message} "
                + string.Join(" < ", (thrown.StackTrace ?? "").Split('\n', StringSplitOptions.TrimEntries).Take(4));
        }
    }

    private string? Bytes(out EthernetFrame made)
    {
        made = _packets.Frame(_packets.AnyMac(), new PacketIdentity(1, 2, false), PacketMaker.DepthMax);
        int length = _mutation.Mutate(_buffer, PacketEncoder.Encode(made, _buffer));
        Span<byte> bytes = _buffer.AsSpan(0, length);
        if (!_dice.OneIn(4))
        {
            ChecksumRepair.RepairFrame(bytes);
        }

        if (!PacketDecoder.TryDecode(bytes, made.Payload.Identity, out EthernetFrame? read, out _))
        {
            return null;
        }

        int written = PacketEncoder.Encode(read!, _buffer); // True promises a frame.
        bool isRead = PacketDecoder.TryDecode(
            _buffer.AsSpan(0, written), read!.Payload.Identity, out EthernetFrame? second, out DecodeError error);
        if (!isRead)
        {
            return $"a frame that was read is refused after it was written ({error}): {read}";
        }

        int rewritten = PacketEncoder.Encode(second!, _again);
        return _buffer.AsSpan(0, written).SequenceEqual(_again.AsSpan(0, rewritten))
            ? null : $"a frame that was read twice is written differently: {read}";
    }

    private string? Rules()
    {
        ReplaceTable table = _tables.Table(_dice.Pick(Enum.GetValues<TableName>()));
        Dictionary<string, Chain> chains = table.Content.Chains.ToDictionary(c => c.Name);
        foreach (Rule rule in table.Content.Chains.SelectMany(c => c.Rules))
        {
            string text = rule.Describe();
            string again = RuleText.Parse(text, chains.GetValueOrDefault).Describe();
            if (again != text)
            {
                return $"the rule '{text}' is read as '{again}'";
            }

            char[] damaged = text.ToCharArray();
            damaged[_dice.Below(damaged.Length)] = _dice.Pick<char>([' ', '-', '"', '!', '/', ':', '9', 'x', '\\']);
            try
            {
                RuleText.Parse(new string(damaged), chains.GetValueOrDefault);
                IptablesRestore.Parse($"*filter\n:{rule.ChainName} - [0:0]\n{new string(damaged)}\nCOMMIT\n");
            }
            catch (FormatException)
            {
                // The documented refusal.
            }
        }

        return null;
    }

    private void Application()
    {
        int length = _mutation.Mutate(_buffer, Seed(_dice.OneIn(2)));
        ReadOnlyMemory<byte> bytes = _buffer.AsMemory(0, length);
        DnsParser.TryParse(bytes.Span, out _);
        var reader = new HttpReader(readsResponses: _dice.OneIn(2));
        int cut = _dice.Below(length + 1);
        reader.Append(bytes.Span[..cut]);
        while (reader.TryRead(out _))
        {
        }

        reader.Append(bytes.Span[cut..]);
        while (reader.TryRead(out _))
        {
        }

        reader.TryReadLast(out _);
    }

    private int Seed(bool isDns)
    {
        ReadOnlySpan<byte> seed = isDns ? Dns : Http;
        seed.CopyTo(_buffer);
        return seed.Length;
    }
}
