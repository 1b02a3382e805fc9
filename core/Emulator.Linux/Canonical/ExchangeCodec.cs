using Emulator.Core.Addresses;
using Emulator.Core.Canonical;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Canonical;

/// <summary>Exchanges, their results, and the programs that make them, in the canonical encoding.</summary>
public static class ExchangeCodec
{
    private const byte TrafficGeneratorTag = 0;
    private const byte SinkTag = 1;

    /// <summary>Writes what an exchange is.</summary>
    public static void Write(CanonicalWriter writer, ExchangeRequest request)
    {
        writer.Byte((byte)request.Kind);
        writer.Name(request.Host);
        writer.Fixed16(request.Port);
        writer.Fixed32(request.LocalAddress.Value);
        writer.Fixed16(request.LocalPort);
        writer.Name(request.Method);
        writer.Name(request.Path);
        writer.OptionalName(request.HostHeader);
        TransportCodec.WriteData(writer, request.Bytes);
        writer.Varint((ulong)request.ReplyLength);
        writer.Byte(request.TimeToLive);
        writer.Byte((byte)request.PathMtuDiscovery);
        writer.Signed(request.Timeout.Nanoseconds);
        writer.Bool(request.OnlyConnects);
        writer.OptionalName(request.Label);
        writer.Fixed64(request.Flow);
    }

    /// <summary>Reads what an exchange is.</summary>
    public static ExchangeRequest ReadRequest(CanonicalReader reader) => new()
    {
        Kind = (ExchangeKind)reader.Byte(),
        Host = reader.Name(),
        Port = reader.Fixed16(),
        LocalAddress = new IPv4Address(reader.Fixed32()),
        LocalPort = reader.Fixed16(),
        Method = reader.Name(),
        Path = reader.Name(),
        HostHeader = reader.OptionalName(),
        Bytes = TransportCodec.ReadData(reader),
        ReplyLength = reader.Int32(),
        TimeToLive = reader.Byte(),
        PathMtuDiscovery = (PathMtuDiscovery)reader.Byte(),
        Timeout = new SimDuration(reader.Signed()),
        OnlyConnects = reader.Bool(),
        Label = reader.OptionalName(),
        Flow = reader.Fixed64(),
    };

    /// <summary>Writes how an exchange ended.</summary>
    public static void Write(CanonicalWriter writer, ExchangeResult result)
    {
        writer.Byte((byte)result.Outcome);
        writer.Signed(result.Latency.Nanoseconds);
        writer.Fixed64(result.Flow);
        writer.Varint((ulong)result.BytesSent);
        writer.Varint((ulong)result.BytesReceived);
        writer.Varint((ulong)result.Status);
        TransportCodec.WriteData(writer, result.Reply);
        Write(writer, result.Local);
        Write(writer, result.Remote);
        writer.Byte(result.ReplyTimeToLive);
        writer.Varint((ulong)result.Failure.Error);
        writer.Byte((byte)result.Failure.IcmpType);
        writer.Byte(result.Failure.IcmpCode);
        writer.Fixed32(result.Failure.Offender.Value);
        writer.Varint((ulong)result.Failure.Mtu);
        writer.String(result.Problem);
    }

    /// <summary>Reads how an exchange ended.</summary>
    public static ExchangeResult ReadResult(CanonicalReader reader) => new()
    {
        Outcome = (ExchangeOutcome)reader.Byte(),
        Latency = new SimDuration(reader.Signed()),
        Flow = reader.Fixed64(),
        BytesSent = reader.Int32(),
        BytesReceived = reader.Int32(),
        Status = reader.Int32(),
        Reply = TransportCodec.ReadData(reader),
        Local = ReadEndpoint(reader),
        Remote = ReadEndpoint(reader),
        ReplyTimeToLive = reader.Byte(),
        Failure = new SocketFailure(
            (SocketError)reader.Varint(), (IcmpType)reader.Byte(), reader.Byte(), new IPv4Address(reader.Fixed32()),
            reader.Int32()),
        Problem = reader.String(),
    };

    /// <summary>Writes a program that comes from outside.</summary>
    /// <exception cref="NotSupportedException">It is one that only a kubelet starts.</exception>
    public static void Write(CanonicalWriter writer, Program program)
    {
        switch (program)
        {
            case TrafficGenerator traffic:
                writer.Byte(TrafficGeneratorTag);
                Write(writer, traffic.Request);
                writer.Signed(traffic.Interval.Nanoseconds);
                writer.Signed(traffic.StartOffset.Nanoseconds);
                writer.Bool(traffic.Duration is not null);
                writer.Signed(traffic.Duration?.Nanoseconds ?? 0);
                writer.Signed(traffic.CountMax);
                writer.Bool(traffic.IsOneWay);
                writer.Varint((ulong)traffic.OutstandingMax);
                break;
            case Sink sink:
                writer.Byte(SinkTag);
                writer.Varint((ulong)sink.UdpPorts.Count);
                foreach (ushort port in sink.UdpPorts)
                {
                    writer.Fixed16(port);
                }

                break;
            default:
                throw new NotSupportedException(
                    $"A {program.Name} is started by its machine's kubelet and does not come from outside; start a "
                    + "traffic-generator or a sink.");
        }
    }

    /// <summary>Reads a program.</summary>
    public static Program ReadProgram(CanonicalReader reader)
    {
        switch (reader.Byte())
        {
            case TrafficGeneratorTag:
                ExchangeRequest request = ReadRequest(reader);
                var interval = new SimDuration(reader.Signed());
                var offset = new SimDuration(reader.Signed());
                bool hasDuration = reader.Bool();
                var duration = new SimDuration(reader.Signed());
                return new TrafficGenerator(request, interval)
                {
                    StartOffset = offset,
                    Duration = hasDuration ? duration : null,
                    CountMax = reader.Signed(),
                    IsOneWay = reader.Bool(),
                    OutstandingMax = reader.Int32(),
                };
            case SinkTag:
                var ports = new ushort[reader.Count()];
                for (int i = 0; i < ports.Length; i++)
                {
                    ports[i] = reader.Fixed16();
                }

                return new Sink(ports);
            case byte other:
                throw reader.Malformed($"{other} is no kind of program");
        }
    }

    private static void Write(CanonicalWriter writer, Endpoint endpoint)
    {
        writer.Fixed32(endpoint.Address.Value);
        writer.Fixed16(endpoint.Port);
    }

    private static Endpoint ReadEndpoint(CanonicalReader reader) =>
        new(new IPv4Address(reader.Fixed32()), reader.Fixed16());
}
