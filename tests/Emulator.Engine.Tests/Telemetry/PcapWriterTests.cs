using System.Buffers.Binary;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Engine.Telemetry;

namespace Emulator.Engine.Tests.Telemetry;

public sealed class PcapWriterTests : IDisposable
{
    private const long Epoch = 1_700_000_000_000_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("pcap").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Writes_every_hop_into_one_file_in_order_of_time()
    {
        ClusterIPWalk walk = new ClusterIPWalk().ToDelivery();
        string path = Write(walk.Outbox.Journal);
        List<(uint Type, byte[] Bytes)> blocks = Blocks(path);
        long[] times = [.. blocks.Where(b => b.Type == 6).Select(Time)];

        Assert.Equal(0x0A0D0D0Au, blocks[0].Type);
        Assert.Equal(12, blocks.Count(b => b.Type == 1)); // Twelve interfaces, each with its block.
        Assert.Equal(
            new long[] { 1, 2, 3, 4, 5, 55, 56, 106, 107, 108, 109, 110 }.Select(
                us => Epoch + 1_000_000 + (us * 1_000)), times);
    }

    [Fact]
    public void Describes_an_interface_once_however_often_it_is_made_again()
    {
        ClusterIPWalk walk = new ClusterIPWalk().ToDelivery();
        string path = Path.Combine(_folder, "a.pcapng");
        using (PcapWriter writer = PcapWriter.ToFile(path, Epoch))
        {
            writer.Write(walk.Entries);
            writer.Write(new ClusterIPWalk().ToDelivery().Entries); // The same names in new objects.
        }

        Assert.Equal(12, Blocks(path).Count(b => b.Type == 1));
    }

    [Fact]
    public void Gives_each_namespace_its_own_file()
    {
        using (PcapWriter writer = PcapWriter.ToFolder(_folder, Epoch))
        {
            writer.Write(new ClusterIPWalk().ToDelivery().Entries);
            Assert.Equal(12, writer.FramesWritten);
        }

        Assert.Equal(
            [("n1", 4), ("n2", 4), ("p1a", 1), ("p2a", 1), ("sw", 2)],
            Directory.GetFiles(_folder).Order(StringComparer.Ordinal).Select(
                f => (Path.GetFileNameWithoutExtension(f), Blocks(f).Count(b => b.Type == 6))));
    }

    [TsharkFact]
    public void Is_read_by_tshark_without_a_malformed_packet_or_a_wrong_checksum()
    {
        EthernetFrame[] frames = Assorted();
        string path = Write(new ClusterIPWalk().ToDelivery().Outbox.Journal, frames);
        string[] all = TsharkFactAttribute.Run(path, "-T", "fields", "-e", "frame.interface_name", "-e",
            "_ws.col.Protocol");
        string[] bad = TsharkFactAttribute.Run(
            path, "-Y",
            "_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0"
            + " || icmp.checksum.status == 0 || _ws.expert.severity == 8388608");
        string[] good = TsharkFactAttribute.Run(
            path, "-Y",
            "ip.checksum.status == 1"
            + " && (tcp.checksum.status == 1 || udp.checksum.status == 1 || icmp.checksum.status == 1)");

        Assert.Equal(12 + frames.Length, all.Length);
        Assert.Equal("p1a:eth0\tTCP", all[0]);
        Assert.Equal([], bad);
        Assert.Equal(12 + frames.Length - 3, good.Length); // All but two ARP packets and a first fragment.
    }

    private static EthernetFrame[] Assorted()
    {
        var identity = new PacketIdentity(3, 4, false);
        var mac = new MacAddress(0x020000000001);
        var peer = new MacAddress(0x020000000002);
        var source = IPv4Address.Parse("10.0.0.1");
        var destination = IPv4Address.Parse("10.0.0.2");
        IPv4Packet Packet(TransportPayload payload) =>
            new()
            {
                Identity = identity, Source = source, Destination = destination, Payload = payload, Identification = 9,
            };
        ArpPacket Arp(ArpOperation operation) => new(operation, mac, source, peer, destination) { Identity = identity };

        var datagram = new UdpDatagram(4000, 4001, new FillerPayload(1501));
        IPv4Packet udp = Packet(datagram);
        var ack = new TcpSegment
        {
            SourcePort = 80,
            DestinationPort = 4000,
            Flags = TcpFlags.Ack | TcpFlags.Psh,
            SequenceNumber = 5,
            AcknowledgmentNumber = 6,
            Window = 100,
            Options = new TcpOptions { Timestamps = (1, 2), SackBlocks = [new SackBlock(10, 20)] },
            Data = Payload.FromText("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        };
        NetworkPacket[] packets =
        [
            Arp(ArpOperation.Request),
            Arp(ArpOperation.Reply),
            udp,
            Packet(ack),
            Packet(new IcmpMessage { Type = IcmpType.EchoRequest, Rest = 0x10001, Data = new FillerPayload(55) }),
            Packet(new IcmpMessage { Type = IcmpType.TimeExceeded, Quoted = udp, QuotedLength = 548 }),
            Packet(new FragmentPayload(datagram, 0, 1480)) with { MoreFragments = true },
            Packet(new FragmentPayload(datagram, 1480, 29)) with { FragmentOffset = 1480 },
        ];
        return [.. packets.Select(p => new EthernetFrame(mac, peer, p))];
    }

    private string Write(JournalBuffer journal, params EthernetFrame[] more)
    {
        string path = Path.Combine(_folder, "all.pcapng");
        var outbox = new Outbox { Now = new Core.Time.SimTime(2_000_000) };
        var actor = new ActorRef("a", "1", new MachineRef("n9", "zone"));
        foreach (EthernetFrame frame in more)
        {
            outbox.Hop(actor, new InterfaceName("n9", "n9", "eth0"), Direction.In, frame, 0);
        }

        using PcapWriter writer = PcapWriter.ToFile(path, Epoch);
        JournalEntry[] backwards = journal.Entries.ToArray();
        Array.Reverse(backwards);
        writer.Write(backwards);
        writer.Write(outbox.Journal.Entries);
        return path;
    }

    private static long Time((uint Type, byte[] Bytes) block) =>
        ((long)BinaryPrimitives.ReadUInt32LittleEndian(block.Bytes.AsSpan(12)) << 32)
        | BinaryPrimitives.ReadUInt32LittleEndian(block.Bytes.AsSpan(16));

    private static List<(uint Type, byte[] Bytes)> Blocks(string path)
    {
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        var blocks = new List<(uint, byte[])>();
        while (!rest.IsEmpty)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            Assert.Equal(length, BinaryPrimitives.ReadInt32LittleEndian(rest[(length - 4)..]));
            blocks.Add((BinaryPrimitives.ReadUInt32LittleEndian(rest), rest[..length].ToArray()));
            rest = rest[length..];
        }

        return blocks;
    }
}
