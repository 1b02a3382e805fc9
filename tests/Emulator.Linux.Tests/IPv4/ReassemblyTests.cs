using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.IPv4;

namespace Emulator.Linux.Tests.IPv4;

/// <summary>
/// Joining of fragments. Expected values: RFC 791 section 3.2, and what Linux' ip_frag_queue does with pieces that do
/// not fit each other (all of the packet ends) or that end within a word (the rest is cut off).
/// </summary>
public sealed class ReassemblyTests
{
    private static readonly IPv4Address Source = IPv4Address.Parse("10.0.0.1");
    private static readonly IPv4Address Destination = IPv4Address.Parse("10.0.0.2");
    private static readonly byte[] Data = [.. Enumerable.Range(0, 40).Select(i => (byte)i)];
    private static readonly UdpDatagram Datagram = new(40_000, 53, new BytesPayload(Data));

    private readonly Outbox _outbox = new();
    private readonly Reassembly _reassembly = new(new ActorRef("node/n", "", new MachineRef("n", "z")));

    [Fact]
    public void Joins_pieces_that_refer_to_one_whole()
    {
        Assert.Null(Add(Piece(0, 24)));
        IPv4Packet whole = Add(Piece(24, 24))!;

        Assert.Same(Datagram, whole.Payload);
        Assert.Equal(0, _reassembly.HeldPackets);
    }

    [Fact]
    public void Joins_pieces_that_were_read_from_bytes()
    {
        Assert.Null(Add(AsBytes(Piece(24, 24))));
        IPv4Packet whole = Add(AsBytes(Piece(0, 24)))!;

        var joined = Assert.IsType<UdpDatagram>(whole.Payload);
        Assert.Equal((40_000, 53), (joined.SourcePort, joined.DestinationPort));
        Assert.Equal(Data, Assert.IsType<BytesPayload>(joined.Data).Bytes.ToArray());
        Assert.Equal(["Absorbed 1"], Ends());
    }

    [Fact]
    public void Joins_a_piece_of_an_object_with_a_piece_of_bytes()
    {
        Assert.Null(Add(Piece(0, 24)));
        IPv4Packet whole = Add(AsBytes(Piece(24, 24)))!;

        Assert.Equal(Data, Assert.IsType<BytesPayload>(Assert.IsType<UdpDatagram>(whole.Payload).Data).Bytes.ToArray());
    }

    [Fact]
    public void Drops_what_joins_to_a_wrong_checksum()
    {
        IPv4Packet last = AsBytes(Piece(24, 24));
        byte[] changed = ((OpaquePayload)last.Payload).Bytes.ToArray();
        changed[0] ^= 1;
        Add(AsBytes(Piece(0, 24)));

        Assert.Null(Add(last with { Payload = new OpaquePayload(IPProtocol.Udp, changed, changed.Length) }));
        Assert.Equal(["Absorbed 1", "Dropped 1 UdpChecksum"], Ends());
        Assert.Equal(0, _reassembly.HeldPackets);
    }

    [Fact]
    public void Ends_all_pieces_where_one_overlaps_another()
    {
        Add(Piece(0, 24));

        Assert.Null(Add(Piece(16, 32)));
        Assert.Equal(["Dropped 1 ReassemblyFailed", "Dropped 1 ReassemblyFailed"], Ends());
        Assert.Equal(0, _reassembly.HeldPackets);
    }

    [Fact]
    public void Takes_a_piece_within_those_that_came_for_a_copy()
    {
        Add(Piece(0, 16));
        Add(Piece(16, 16));

        Assert.Null(Add(Piece(8, 16)));
        Assert.Equal(["Absorbed 1"], Ends());
        Assert.Equal(2, _reassembly.HeldPackets);
    }

    [Fact]
    public void Ends_all_pieces_where_one_lies_beyond_the_last()
    {
        Add(Piece(24, 24));

        Assert.Null(Add(Piece(48, 8) with { MoreFragments = true }));
        Assert.Equal(["Dropped 1 ReassemblyFailed", "Dropped 1 ReassemblyFailed"], Ends());
    }

    [Fact]
    public void Ends_all_pieces_where_one_carries_nothing()
    {
        Add(Piece(0, 24));

        Assert.Null(Add(Piece(24, 0) with { MoreFragments = true }));
        Assert.Equal(["Dropped 1 ReassemblyFailed", "Dropped 1 ReassemblyFailed"], Ends());
    }

    [Fact]
    public void Cuts_off_what_a_piece_but_the_last_has_beyond_whole_words()
    {
        Add(Piece(0, 27) with { MoreFragments = true });
        IPv4Packet whole = Add(Piece(24, 24))!;

        Assert.Equal(Data, Assert.IsType<BytesPayload>(Assert.IsType<UdpDatagram>(whole.Payload).Data).Bytes.ToArray());
    }

    private IPv4Packet? Add(IPv4Packet piece) => _reassembly.Add(piece, _outbox, out _);

    private static IPv4Packet Piece(int offset, int length) => new()
    {
        Identity = new PacketIdentity(7, 0, false),
        Source = Source,
        Destination = Destination,
        Payload = new FragmentPayload(Datagram, offset, length),
        FragmentOffset = (ushort)offset,
        MoreFragments = offset + length < Datagram.Length,
    };

    // What a piece is after it was a capture's bytes.
    private static IPv4Packet AsBytes(IPv4Packet piece)
    {
        byte[] bytes = new byte[piece.Length];
        PacketEncoder.Encode(piece, bytes);
        Assert.True(PacketDecoder.TryDecode(bytes, piece.Identity, out IPv4Packet? read, out _));
        return read!;
    }

    private string[] Ends()
    {
        List<string> ends = [];
        foreach (JournalEntry entry in _outbox.Journal.Entries)
        {
            ends.Add($"{entry.Kind} {entry.A}" + (entry.Reason == DropReason.None ? "" : $" {entry.Reason}"));
        }

        return [.. ends];
    }
}
