using System.Globalization;
using Emulator.Core.Addresses;

namespace Emulator.Cluster.Traffic;

/// <summary>Whom an exchange is for: <see cref="PodTarget"/>, <see cref="ServiceTarget"/>, <see cref="HttpTarget"/>,
/// <see cref="TcpTarget"/>, <see cref="UdpTarget"/> or <see cref="IcmpTarget"/>.</summary>
public abstract record TrafficTarget
{
    private protected TrafficTarget()
    {
    }

    /// <summary>The forms, for messages and help.</summary>
    public const string Forms =
        "pod/NAMESPACE/NAME[:PORT], svc/NAMESPACE/NAME[:PORT], http://HOST[:PORT]/PATH, tcp://IP:PORT, udp://IP:PORT "
            + "or icmp://IP";

    /// <summary>Reads one of <see cref="Forms"/>.</summary>
    public static bool TryParse(string text, out TrafficTarget target)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        TrafficTarget? read = scheme >= 0 ? ReadUrl(text[..scheme], text[(scheme + 3)..]) : ReadObject(text);
        target = read ?? new IcmpTarget(IPv4Address.Any);
        return read is not null;
    }

    private static TrafficTarget? ReadObject(string text)
    {
        if (!SplitPort(text, out string path, out ushort? port))
        {
            return null;
        }

        return path.Split('/') switch
        {
            ["pod", { Length: > 0 } space, { Length: > 0 } name] => new PodTarget(space, name, port),
            ["svc" or "service", { Length: > 0 } space, { Length: > 0 } name] => new ServiceTarget(space, name, port),
            _ => null,
        };
    }

    private static TrafficTarget? ReadUrl(string scheme, string rest)
    {
        int slash = rest.IndexOf('/');
        string path = slash < 0 ? "/" : rest[slash..];
        if (!SplitPort(slash < 0 ? rest : rest[..slash], out string host, out ushort? port) || host.Length == 0)
        {
            return null;
        }

        if (scheme == "http")
        {
            bool hostReads = host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
            bool pathReads = path.All(c => c is > ' ' and < '\x7F');
            return hostReads && pathReads ? new HttpTarget(host, port, path) : null;
        }

        if (!IPv4Address.TryParse(host, out IPv4Address address) || slash >= 0)
        {
            return null;
        }

        return (scheme, port) switch
        {
            ("tcp", ushort number) => new TcpTarget(new Endpoint(address, number)),
            ("udp", ushort number) => new UdpTarget(new Endpoint(address, number)),
            ("icmp", null) => new IcmpTarget(address),
            _ => null,
        };
    }

    private static bool SplitPort(string text, out string before, out ushort? port)
    {
        int colon = text.LastIndexOf(':');
        before = colon < 0 ? text : text[..colon];
        port = null;
        if (colon < 0)
        {
            return true;
        }

        bool reads = ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture,
        out ushort number)
            && number > 0;
        port = number;
        return reads;
    }
}

/// <summary>A pod's own address. Without a port its first declared one; a pod that declares none is pinged.</summary>
public sealed record PodTarget(string Namespace, string Name, ushort? Port) : TrafficTarget
{
    /// <inheritdoc/>
    public override string ToString() => $"pod/{Namespace}/{Name}{(Port is null ? "" : $":{Port}")}";
}

/// <summary>A Service's cluster address. Without a port its first.</summary>
public sealed record ServiceTarget(string Namespace, string Name, ushort? Port) : TrafficTarget
{
    /// <inheritdoc/>
    public override string ToString() => $"svc/{Namespace}/{Name}{(Port is null ? "" : $":{Port}")}";
}

/// <summary>An HTTP/1.1 request. Without a port 80; an Ingress' host, from outside, goes to the controller's node
/// port.</summary>
public sealed record HttpTarget(string Host, ushort? Port, string Path) : TrafficTarget
{
    /// <inheritdoc/>
    public override string ToString() => $"http://{Host}{(Port is null ? "" : $":{Port}")}{Path}";
}

/// <summary>A request and reply over TCP; the client closes.</summary>
public sealed record TcpTarget(Endpoint Endpoint) : TrafficTarget
{
    /// <inheritdoc/>
    public override string ToString() => $"tcp://{Endpoint}";
}

/// <summary>A request and reply in one datagram each.</summary>
public sealed record UdpTarget(Endpoint Endpoint) : TrafficTarget
{
    /// <inheritdoc/>
    public override string ToString() => $"udp://{Endpoint}";
}

/// <summary>An ICMP echo.</summary>
public sealed record IcmpTarget(IPv4Address Address) : TrafficTarget
{
    /// <inheritdoc/>
    public override string ToString() => $"icmp://{Address}";
}
