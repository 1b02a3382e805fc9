using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Packets.Dns;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>Resolves one name to an address with real DNS packets, inside a process that hands it its events.</summary>
/// <remarks>Source: resolver(3), resolv.conf(5). Asks for A records over UDP alone: no AAAA beside them, no TCP after a
/// cut answer. 5 s an attempt, two attempts a name.</remarks>
public sealed class NameResolver
{
    /// <summary>Where DNS servers listen.</summary>
    public const ushort Port = 53;

    private const int AttemptsMax = 2;
    private static readonly SimDuration AttemptTimeout = SimDuration.FromSeconds(5);

    private readonly IReadOnlyList<string> _names;
    private readonly ulong _flow;
    private readonly int _timer;
    private UdpSocket? _socket;
    private int _name;
    private int _attempt;
    private ushort _id;

    /// <summary>Begins to resolve a name, unless it is an address.</summary>
    /// <param name="host">A name, or an address in dotted decimal.</param>
    /// <param name="flow">The exchange that wants to know.</param>
    /// <param name="timer">Which of the process' timers it may use.</param>
    /// <param name="context">The process' context.</param>
    public NameResolver(string host, ulong flow, int timer, ProcessContext context)
    {
        _flow = flow;
        _timer = timer;
        _names = context.Resolver.Candidates(host);
        if (IPv4Address.TryParse(host, out IPv4Address address))
        {
            Address = address;
            IsDone = true;
        }
        else if (context.Resolver.Nameserver is not IPv4Address server)
        {
            Fail($"'{host}' is a name, and no DNS server is set here", context);
        }
        else if (!context.TryBindUdp(0, out _socket, out SocketError error))
        {
            Fail($"no socket for DNS: {error}", context);
        }
        else
        {
            _socket.Connect(new Endpoint(server, Port));
            Ask(context);
        }
    }

    /// <summary>Whether it has ended, well or not.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The address; null while it is not known, and after a failure.</summary>
    public IPv4Address? Address { get; private set; }

    /// <summary>Why there is no address; empty unless it failed.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Whether a socket is the resolver's own.</summary>
    public bool Owns(UdpSocket socket) => ReferenceEquals(socket, _socket);

    /// <summary>A datagram for the resolver's socket.</summary>
    public void OnDatagram(UdpDatagram datagram, ProcessContext context)
    {
        if (!DnsParser.TryParse(datagram.Data.ToBytes().Span, out DnsMessage? answer) || IsDone
            || !answer.IsResponse || answer.Id != _id || answer.Questions.Count != 1
            || !string.Equals(answer.Questions[0].Name, _names[_name], StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        DnsAddress? found = answer.Answers.OfType<DnsAddress>().FirstOrDefault();
        if (answer.ResponseCode == DnsResponseCode.NoError && found is not null)
        {
            Address = found.Address;
            Finish(context);
            return;
        }

        string problem = answer.ResponseCode == DnsResponseCode.NoError
            ? $"{_names[_name]} has no address"
            : $"{_names[_name]}: {answer.ResponseCode}";
        TryNextName(problem, context);
    }

    /// <summary>An ICMP error for the resolver's socket.</summary>
    public void OnError(SocketFailure failure, ProcessContext context)
    {
        if (!IsDone)
        {
            Fail($"DNS server: {failure.Error}", context);
        }
    }

    /// <summary>The resolver's timer has expired.</summary>
    public void OnTimer(ProcessContext context)
    {
        if (IsDone)
        {
            return;
        }

        if (++_attempt < AttemptsMax)
        {
            Ask(context);
        }
        else
        {
            Fail("the DNS server does not answer", context);
        }
    }

    /// <summary>Gives up.</summary>
    public void Cancel(ProcessContext context)
    {
        if (!IsDone)
        {
            Finish(context);
        }
    }

    private void TryNextName(string problem, ProcessContext context)
    {
        if (++_name < _names.Count)
        {
            _attempt = 0;
            Ask(context);
        }
        else
        {
            Fail(problem, context);
        }
    }

    private void Ask(ProcessContext context)
    {
        _id = (ushort)StableHash.Finish(StableHash.Combine(_flow, (ulong)((_name * AttemptsMax) + _attempt)));
        var query = new DnsMessage
        {
            Id = _id,
            RecursionDesired = true,
            Questions = [new DnsQuestion(_names[_name], DnsType.A)],
        };

        // The socket and its peer are there from the constructor on.
        SocketError error = context.Send(
            _socket!, _socket!.Peer!.Value, new BytesPayload(DnsWriter.Write(query)), _flow);
        if (error != SocketError.None)
        {
            Fail($"DNS server: {error}", context);
            return;
        }

        context.StartTimer(_timer, AttemptTimeout);
    }

    private void Fail(string problem, ProcessContext context)
    {
        Problem = problem;
        Finish(context);
    }

    private void Finish(ProcessContext context)
    {
        IsDone = true;
        context.StopTimer(_timer);
        _socket?.Close();
    }
}
