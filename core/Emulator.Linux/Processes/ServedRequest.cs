using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>A request that a server has read and not answered yet.</summary>
internal sealed class ServedRequest
{
    /// <summary>Where the answer goes, for TCP; null for UDP.</summary>
    public ServedConnection? Connection { get; init; }

    /// <summary>The socket that answers, for UDP.</summary>
    public UdpSocket? Socket { get; init; }

    /// <summary>To whom, for UDP.</summary>
    public Endpoint Peer { get; init; }

    public required ulong Flow { get; init; }

    public required IDescribed What { get; init; }

    public required Payload Reply { get; init; }

    public required SimTime Arrived { get; init; }

    /// <summary>When a worker took it.</summary>
    public SimTime Taken { get; set; }
}

/// <summary>A connection as a server with workers sees it.</summary>
internal sealed class ServedConnection(TcpConnection connection)
{
    public TcpConnection Connection { get; } = connection;

    /// <summary>Requests behind the one that is worked on: answers keep their order.</summary>
    public Queue<ServedRequest> Waiting { get; } = new();

    /// <summary>Whether a request of it is worked on, or waits for a worker.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Whether a worker waits for its first request.</summary>
    public bool HoldsWorker { get; set; }

    /// <summary>Whether it is to be closed after the last answer.</summary>
    public bool ClosesWhenDone { get; set; }

    /// <summary>Whether nobody is there any more.</summary>
    public bool IsGone { get; set; }
}
