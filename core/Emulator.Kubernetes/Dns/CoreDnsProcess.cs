using System.Buffers.Binary;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Packets.Dns;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;

namespace Emulator.Kubernetes.Dns;

/// <summary>A running <see cref="CoreDns"/>. Answers SERVFAIL until it has heard of all objects once, as CoreDNS
/// does.</summary>
internal sealed class CoreDnsProcess(CoreDns program) : Process
{
    private const int TcpBytesMax = 64 * 1024;
    private const int UdpBytesMax = 1_232;
    private readonly DnsZone _zone = new(program.Options);
    private ApiClient? _api;

    public override void OnStart(ProcessContext context)
    {
        if (!context.TryBindUdp(NameResolver.Port, out _, out _)
            || !context.TryListenTcp(NameResolver.Port, out _, out _))
        {
            context.Exit(1);
            return;
        }

        _api = new ApiClient(
            context.Self, program.MachineRoot, program.ApiServer, $"{context.ContainerName}-{context.Pid}");
        Watch(_api, ResourceTypes.Namespaces);
        Watch(_api, ResourceTypes.Services);
        Watch(_api, ResourceTypes.EndpointSlices);
        if (program.Options.Pods == PodRecords.Verified)
        {
            Watch(_api, ResourceTypes.Pods);
        }

        _api.Start(context.Outbox);
    }

    public override void OnMessage(Message message, ProcessContext context) => _api?.Handle(message, context.Outbox);

    public override void OnDatagram(UdpSocket socket, IPv4Packet packet, UdpDatagram datagram, ProcessContext context)
    {
        if (!DnsParser.TryParse(datagram.Data.ToBytes().Span, out DnsMessage? query) || query.IsResponse)
        {
            return;
        }

        ulong flow = packet.Identity.Flow;
        var reply = new BytesPayload(DnsWriter.WriteToFit(Answer(query), UdpLength(query)));
        context.ExchangeStarted(flow, ServedExchange.Dns, isServer: true);
        context.Send(socket, new Endpoint(packet.Source, datagram.SourcePort), reply, flow, isReply: true);
        context.ExchangeEnded(
            flow, ExchangeOutcome.Reply, SimDuration.Zero, reply.Length, ServedExchange.Dns, isServer: true);
    }

    public override void OnReceived(TcpConnection connection, Payload bytes, ProcessContext context)
    {
        // RFC 1035 section 4.2.2: each message after its length in two bytes.
        var waiting = (List<byte>)(connection.Session ??= new List<byte>());
        waiting.AddRange(bytes.ToBytes().Span);
        while (waiting.Count >= 2 && waiting.Count >= 2 + Length(waiting))
        {
            int length = Length(waiting);
            byte[] question = [.. waiting.Skip(2).Take(length)];
            waiting.RemoveRange(0, 2 + length);
            if (!DnsParser.TryParse(question, out DnsMessage? query))
            {
                context.Abort(connection);
                return;
            }

            ReadOnlyMemory<byte> answer = DnsWriter.WriteToFit(Answer(query), ushort.MaxValue);
            byte[] reply = new byte[2 + answer.Length];
            BinaryPrimitives.WriteUInt16BigEndian(reply, (ushort)answer.Length);
            answer.Span.CopyTo(reply.AsSpan(2));
            context.Send(connection, new BytesPayload(reply));
        }

        if (waiting.Count > TcpBytesMax)
        {
            context.Abort(connection);
        }
    }

    private DnsMessage Answer(DnsMessage query) => _api is { HasSynced: true }
        ? _zone.Answer(query)
        : new DnsMessage
        {
            Id = query.Id,
            IsResponse = true,
            Questions = query.Questions,
            ResponseCode = DnsResponseCode.ServerFailure,
        };

    // RFC 6891 section 6.2.3: the class of the query's OPT record is the length that its sender takes.
    private static int UdpLength(DnsMessage query)
    {
        DnsOpaque? options = query.Additional.OfType<DnsOpaque>().FirstOrDefault(r => r.Type == DnsType.Opt);
        return Math.Clamp((int)(options?.Class ?? 0), DnsMessage.UdpLengthMax, UdpBytesMax);
    }

    private void Watch(ApiClient api, ResourceType type)
    {
        Informer informer = api.Inform(type);
        informer.OnAdd = (added, _) => _zone.Put(added);
        informer.OnUpdate = (_, changed, _) => _zone.Put(changed);
        informer.OnDelete = (removed, _) => _zone.Remove(removed);
    }

    private static int Length(List<byte> bytes) => (bytes[0] << 8) | bytes[1];
}
