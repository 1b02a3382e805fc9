using Emulator.Core.Addresses;
using Emulator.Core.Canonical;
using Emulator.Linux.IPv4;
using Emulator.Linux.Neighbour;
using Emulator.Linux.Netlink;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Linux.Canonical;

/// <summary>Netlink messages that a person sends from outside, in the canonical encoding.</summary>
public static class NetlinkCodec
{
    private enum Tag : byte
    {
        Dump, StartProcess, KillProcess, SetSysctl, SetLink, DeleteLink, AddAddress, AddRoute, DeleteRoute,
        AddNeighbour, DeleteNeighbour, ReplaceQdisc, FlushConntrack, FlushBridgeFdb,
    }

    /// <summary>Writes a message.</summary>
    /// <exception cref="NotSupportedException">It is one that a node's own agents send inside the node.</exception>
    public static void Write(CanonicalWriter writer, NetlinkMessage message)
    {
        switch (message)
        {
            case Dump dump:
                writer.Byte((byte)Tag.Dump);
                writer.Name(dump.Command);
                break;
            case StartProcess { Cgroup: not null } placed:
                throw new NotSupportedException(
                    $"{placed.ContainerName} is placed in {placed.Cgroup} by its machine's kubelet; a program from "
                    + "outside runs in no cgroup.");
            case StartProcess start:
                writer.Byte((byte)Tag.StartProcess);
                writer.Name(start.ContainerName);
                ExchangeCodec.Write(writer, start.Program);
                break;
            case KillProcess kill:
                writer.Byte((byte)Tag.KillProcess);
                writer.Name(kill.ContainerName);
                break;
            case SetSysctl set:
                writer.Byte((byte)Tag.SetSysctl);
                writer.Name(set.Name);
                writer.Signed(set.Value);
                break;
            case ReplaceQdisc replace:
                writer.Byte((byte)Tag.ReplaceQdisc);
                writer.Name(replace.Device);
                QdiscCodec.Write(writer, replace.Tbf);
                QdiscCodec.Write(writer, replace.Netem);
                break;
            case FlushConntrack:
                writer.Byte((byte)Tag.FlushConntrack);
                break;
            case FlushBridgeFdb flush:
                writer.Byte((byte)Tag.FlushBridgeFdb);
                writer.Name(flush.Bridge);
                break;
            case SetLink or DeleteLink or AddAddress:
                WriteLink(writer, message);
                break;
            case AddRoute or DeleteRoute or AddNeighbour or DeleteNeighbour:
                WriteRoute(writer, message);
                break;
            default:
                throw new NotSupportedException(
                    $"{message.GetType().Name} is sent inside a machine by its own agents and does not come from "
                    + "outside.");
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static NetlinkMessage Read(CanonicalReader reader)
    {
        var tag = (Tag)reader.Byte();
        switch (tag)
        {
            case Tag.Dump:
                return new Dump(reader.Name());
            case Tag.StartProcess:
                return new StartProcess(reader.Name(), ExchangeCodec.ReadProgram(reader));
            case Tag.KillProcess:
                return new KillProcess(reader.Name());
            case Tag.SetSysctl:
                return new SetSysctl(reader.Name(), reader.Signed());
            case Tag.ReplaceQdisc:
                return new ReplaceQdisc(reader.Name(), QdiscCodec.ReadTbf(reader), QdiscCodec.ReadNetem(reader));
            case Tag.FlushConntrack:
                return new FlushConntrack();
            case Tag.FlushBridgeFdb:
                return new FlushBridgeFdb(reader.Name());
            case Tag.SetLink:
                return new SetLink(
                    reader.Name(), ReadOptionalBool(reader), (int?)ReadOptional(reader), ReadOptionalBool(reader));
            case Tag.DeleteLink:
                return new DeleteLink(reader.Name());
            case Tag.AddAddress:
                return new AddAddress(
                    reader.Name(), new IPv4Address(reader.Fixed32()), reader.Byte(), ReadOptionalAddress(reader));
            case Tag.AddRoute:
                return new AddRoute(
                    ReadCidr(reader), ReadOptionalAddress(reader), reader.OptionalName(), ReadOptionalAddress(reader),
                    (RouteType)reader.Byte(), reader.Int32(), reader.Bool());
            case Tag.DeleteRoute:
                return new DeleteRoute(ReadCidr(reader), reader.Int32());
            case Tag.AddNeighbour:
                return new AddNeighbour(
                    reader.Name(), new IPv4Address(reader.Fixed32()), new MacAddress(reader.Varint()),
                    (NeighbourState)reader.Byte());
            case Tag.DeleteNeighbour:
                return new DeleteNeighbour(reader.Name(), new IPv4Address(reader.Fixed32()));
            default:
                throw reader.Malformed($"{(byte)tag} is no kind of netlink message");
        }
    }

    private static void WriteLink(CanonicalWriter writer, NetlinkMessage message)
    {
        switch (message)
        {
            case SetLink set:
                writer.Byte((byte)Tag.SetLink);
                writer.Name(set.Name);
                WriteOptional(writer, set.Up is null ? null : set.Up.Value ? 1 : 0);
                WriteOptional(writer, set.Mtu);
                WriteOptional(writer, set.Hairpin is null ? null : set.Hairpin.Value ? 1 : 0);
                break;
            case DeleteLink delete:
                writer.Byte((byte)Tag.DeleteLink);
                writer.Name(delete.Name);
                break;
            case AddAddress add:
                writer.Byte((byte)Tag.AddAddress);
                writer.Name(add.Device);
                writer.Fixed32(add.Address.Value);
                writer.Byte((byte)add.PrefixLength);
                WriteOptional(writer, add.Broadcast?.Value);
                break;
        }
    }

    private static void WriteRoute(CanonicalWriter writer, NetlinkMessage message)
    {
        switch (message)
        {
            case AddRoute add:
                writer.Byte((byte)Tag.AddRoute);
                WriteCidr(writer, add.Destination);
                WriteOptional(writer, add.Gateway?.Value);
                writer.OptionalName(add.Device);
                WriteOptional(writer, add.Source?.Value);
                writer.Byte((byte)add.Type);
                writer.Varint((ulong)add.Metric);
                writer.Bool(add.OnLink);
                break;
            case DeleteRoute delete:
                writer.Byte((byte)Tag.DeleteRoute);
                WriteCidr(writer, delete.Destination);
                writer.Varint((ulong)delete.Metric);
                break;
            case AddNeighbour add:
                writer.Byte((byte)Tag.AddNeighbour);
                writer.Name(add.Device);
                writer.Fixed32(add.Address.Value);
                writer.Varint(add.Mac.Value);
                writer.Byte((byte)add.State);
                break;
            case DeleteNeighbour delete:
                writer.Byte((byte)Tag.DeleteNeighbour);
                writer.Name(delete.Device);
                writer.Fixed32(delete.Address.Value);
                break;
        }
    }

    private static void WriteCidr(CanonicalWriter writer, Cidr cidr)
    {
        writer.Fixed32(cidr.Address.Value);
        writer.Byte((byte)cidr.Length);
    }

    private static Cidr ReadCidr(CanonicalReader reader)
    {
        var address = new IPv4Address(reader.Fixed32());
        byte length = reader.Byte();
        return length <= 32 && (address.Value & ~Cidr.MaskOf(length)) == 0
            ? new Cidr(address, length) : throw reader.Malformed($"{address}/{length} is no block");
    }

    private static void WriteOptional(CanonicalWriter writer, long? value)
    {
        writer.Bool(value is not null);
        if (value is long given)
        {
            writer.Signed(given);
        }
    }

    private static long? ReadOptional(CanonicalReader reader) => reader.Bool() ? reader.Signed() : null;

    private static bool? ReadOptionalBool(CanonicalReader reader) => ReadOptional(reader) switch
    {
        null => null,
        long value => value != 0,
    };

    private static IPv4Address? ReadOptionalAddress(CanonicalReader reader) =>
        ReadOptional(reader) is long value ? new IPv4Address((uint)value) : null;
}
