using Emulator.Core.Addresses;
using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>Why a socket call or a connection failed, by the errno that an application would see.</summary>
public enum SocketError : byte
{
    /// <summary>It did not fail.</summary>
    None,

    /// <summary>ECONNREFUSED: a reset answered the SYN, or ICMP says that nobody listens.</summary>
    ConnectionRefused,

    /// <summary>ECONNRESET: the peer, or a rule in between, reset the connection.</summary>
    ConnectionReset,

    /// <summary>ETIMEDOUT: nobody answered.</summary>
    TimedOut,

    /// <summary>EHOSTUNREACH.</summary>
    HostUnreachable,

    /// <summary>ENETUNREACH: no route.</summary>
    NetworkUnreachable,

    /// <summary>ENOPROTOOPT: the host does not speak the protocol.</summary>
    ProtocolUnreachable,

    /// <summary>EMSGSIZE: larger than the path's MTU and DF set.</summary>
    MessageTooLong,

    /// <summary>EPERM: a local rule forbids it.</summary>
    NotPermitted,

    /// <summary>EINVAL: a <c>blackhole</c> route, or a call that the socket's state does not allow.</summary>
    Invalid,

    /// <summary>EADDRINUSE: somebody else is bound to the address and port.</summary>
    AddressInUse,

    /// <summary>EADDRNOTAVAIL: no ephemeral port is free, or a connection has both ends already.</summary>
    AddressNotAvailable,

    /// <summary>ENFILE: the table holds as many sockets as it may.</summary>
    TooManySockets,

    /// <summary>EPROTO: a router calls a header field wrong.</summary>
    ProtocolError,

    /// <summary>EACCES: a <c>prohibit</c> route.</summary>
    AccessDenied,

    /// <summary>EPIPE: a reset came after the peer had closed its side.</summary>
    BrokenPipe,
}

/// <summary>The errno names of <see cref="SocketError"/>.</summary>
public static class Errno
{
    /// <summary>The name in errno.h; empty for none.</summary>
    public static string Name(this SocketError error) => error switch
    {
        SocketError.None => "",
        SocketError.ConnectionRefused => "ECONNREFUSED",
        SocketError.ConnectionReset => "ECONNRESET",
        SocketError.TimedOut => "ETIMEDOUT",
        SocketError.HostUnreachable => "EHOSTUNREACH",
        SocketError.NetworkUnreachable => "ENETUNREACH",
        SocketError.ProtocolUnreachable => "ENOPROTOOPT",
        SocketError.MessageTooLong => "EMSGSIZE",
        SocketError.NotPermitted => "EPERM",
        SocketError.Invalid => "EINVAL",
        SocketError.AddressInUse => "EADDRINUSE",
        SocketError.AddressNotAvailable => "EADDRNOTAVAIL",
        SocketError.TooManySockets => "ENFILE",
        SocketError.ProtocolError => "EPROTO",
        SocketError.AccessDenied => "EACCES",
        SocketError.BrokenPipe => "EPIPE",
        _ => throw new System.Diagnostics.UnreachableException(error.ToString()),
    };
}

/// <summary>A failure, and where one caused it, the ICMP message.</summary>
/// <param name="Error">The errno.</param>
/// <param name="IcmpType">The ICMP type; meaningful where <paramref name="Offender"/> is not 0.0.0.0.</param>
/// <param name="IcmpCode">The ICMP code.</param>
/// <param name="Offender">Who sent the ICMP message; 0.0.0.0 where none did.</param>
/// <param name="Mtu">The MTU that the message names; 0 where it names none.</param>
public readonly record struct SocketFailure(
    SocketError Error, IcmpType IcmpType, byte IcmpCode, IPv4Address Offender, int Mtu)
{
    /// <summary>A failure that no ICMP message caused.</summary>
    public static SocketFailure Of(SocketError error) => new(error, default, 0, IPv4Address.Any, 0);

    /// <summary>The failure that an ICMP error means.</summary>
    /// <remarks>Source: Linux <c>icmp_err_convert</c> (net/ipv4/icmp.c).</remarks>
    /// <param name="message">The ICMP error.</param>
    /// <param name="offender">Who sent it.</param>
    /// <param name="isHard">Whether a connected UDP socket reports it without being asked (the table's
    /// <c>fatal</c>).</param>
    public static SocketFailure Of(IcmpMessage message, IPv4Address offender, out bool isHard)
    {
        SocketError error = SocketError.HostUnreachable;
        isHard = false;
        switch (message.Type)
        {
            case IcmpType.DestinationUnreachable:
                (error, isHard) = message.Code switch
                {
                    IcmpUnreachable.Network or 11 => (SocketError.NetworkUnreachable, false),
                    IcmpUnreachable.Host or 12 => (SocketError.HostUnreachable, false),
                    IcmpUnreachable.Protocol => (SocketError.ProtocolUnreachable, true),
                    IcmpUnreachable.Port => (SocketError.ConnectionRefused, true),
                    IcmpUnreachable.FragmentationNeeded => (SocketError.MessageTooLong, false),
                    6 or IcmpUnreachable.NetworkProhibited => (SocketError.NetworkUnreachable, true),
                    _ => (SocketError.HostUnreachable, true),
                };
                break;
            case IcmpType.ParameterProblem:
                (error, isHard) = (SocketError.ProtocolError, true);
                break;
            default:
                break;
        }

        int mtu = error == SocketError.MessageTooLong ? (int)(message.Rest & 0xFFFF) : 0;
        return new SocketFailure(error, message.Type, message.Code, offender, mtu);
    }

    /// <summary>The failure that an error of the network layer means.</summary>
    public static SocketError Of(OutputError error) => error switch
    {
        OutputError.None => SocketError.None,
        OutputError.NetworkUnreachable => SocketError.NetworkUnreachable,
        OutputError.HostUnreachable => SocketError.HostUnreachable,
        OutputError.NotPermitted => SocketError.NotPermitted,
        OutputError.MessageTooLong => SocketError.MessageTooLong,
        OutputError.Invalid => SocketError.Invalid,
        OutputError.AccessDenied => SocketError.AccessDenied,
        _ => throw new System.Diagnostics.UnreachableException(error.ToString()),
    };
}
