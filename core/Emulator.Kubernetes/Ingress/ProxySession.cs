using Emulator.Core.Packets.Http;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Kubernetes.Ingress;

/// <summary>One client's connection to the controller, and the request of it that is under way.</summary>
internal sealed class ProxySession(TcpConnection client)
{
    public TcpConnection Client { get; } = client;

    public HttpReader Requests { get; } = new(readsResponses: false);

    /// <summary>The request under way; null while there is none.</summary>
    public HttpRequest? Current { get; set; }

    /// <summary>The exchange of the request under way.</summary>
    public ulong Flow { get; set; }

    public SimTime Started { get; set; }

    /// <summary>When the Service has taken too long.</summary>
    public SimTime Deadline { get; set; }

    /// <summary>The connection to the Service; null while there is none.</summary>
    public TcpConnection? Service { get; set; }

    public HttpReader Responses { get; set; } = new(readsResponses: true);

    public bool IsClientGone { get; set; }

    /// <summary>The client sends no more: close when the request under way is answered.</summary>
    public bool IsLast { get; set; }
}
