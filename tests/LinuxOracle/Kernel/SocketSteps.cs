using Emulator.Core.Packets;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>The steps of a scenario as calls to the kernel.</summary>
internal static class SocketSteps
{
    /// <summary>Does a step; under the loop's gate.</summary>
    public static void Do(SocketLoop loop, NetnsThread at, OracleStep step)
    {
        switch (step)
        {
            case OracleStep.Listen listen:
                KernelSocket listener = loop.Add(at.Run(() => KernelSocket.Open(listen.Name, SocketKind.Listener)));
                listener.Session = new KernelListener(listen);
                Note(loop, listener, listener.Bind("", listen.Port));
                Libc.Check(Libc.Listen(listener.Fd, 128), "listen");
                break;
            case OracleStep.Connect connect:
                Connect(loop, at, connect);
                break;
            case OracleStep.Send send:
                KernelSocket sender = loop.Find(send.Name);
                Note(loop, sender, sender.Send(new byte[send.Bytes]));
                break;
            case OracleStep.Shutdown shutdown:
                _ = Libc.Shutdown(loop.Find(shutdown.Name).Fd, 1); // SHUT_WR
                break;
            case OracleStep.Close close:
                loop.Remove(loop.Find(close.Name));
                break;
            case OracleStep.Abort abort:
                loop.Find(abort.Name).SetLingerZero();
                loop.Remove(loop.Find(abort.Name));
                break;
            case OracleStep.Read read:
                loop.Find(read.Name).IsPaused = read.IsPaused;
                break;
            case OracleStep.Bind bind:
                KernelSocket bound = loop.Add(at.Run(() => KernelSocket.Open(bind.Name, SocketKind.Udp)));
                bound.SetDiscovery(NumberOf(bind.Discovery));
                Note(loop, bound, bound.Bind(bind.Address, bind.Port));
                break;
            case OracleStep.SendTo send:
                SendTo(loop, send);
                break;
            case OracleStep.Ping ping:
                Ping(loop, at, ping);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(step.ToString());
        }
    }

    private static void Connect(SocketLoop loop, NetnsThread at, OracleStep.Connect step)
    {
        KernelSocket socket = loop.Add(at.Run(() => KernelSocket.Open(step.Name, SocketKind.Connection)));
        socket.Session = new KernelConnection(step.ClosesWithPeer, step);
        socket.SetTimeToLive(step.TimeToLive);
        int error = socket.Bind("", step.LocalPort);
        (string address, int port) = Parse(step.To);
        error = error == 0 ? socket.Connect(address, port) : error;
        socket.IsConnecting = error == Errno.InProgress;
        socket.IsGone = !socket.IsConnecting;
        Note(loop, socket, socket.IsConnecting ? 0 : error);
    }

    private static void SendTo(SocketLoop loop, OracleStep.SendTo step)
    {
        KernelSocket socket = loop.Find(step.Name);
        socket.SetTimeToLive(step.TimeToLive == 0 ? -1 : step.TimeToLive);
        (string address, int port) = Parse(step.To);
        ReadOnlyMemory<byte> bytes = step.Reply == 0 ? new byte[step.Bytes]
            : AskedReply.Request(step.Bytes, step.Reply).ToBytes();
        Note(loop, socket, socket.Send(bytes.Span, address, port));
    }

    private static void Ping(SocketLoop loop, NetnsThread at, OracleStep.Ping step)
    {
        KernelSocket socket = loop.Add(at.Run(() => KernelSocket.Open(step.Name, SocketKind.Ping)));
        socket.SetTimeToLive(step.TimeToLive);
        socket.SetDiscovery(NumberOf(step.Discovery));
        Libc.Check(-socket.Bind("", step.Identifier), $"{step.Name}: bind");
        byte[] request = new byte[IcmpMessage.HeaderLength + step.Bytes];
        request[0] = (byte)IcmpType.EchoRequest;
        request[7] = 1; // The sequence number; the kernel fills in the identifier and the checksum.
        Note(loop, socket, socket.Send(request, step.To, 0));
    }

    private static void Note(SocketLoop loop, KernelSocket socket, int error)
    {
        if (error != 0)
        {
            loop.Seen.Note(socket.Name, Errno.NameOf(error));
        }
    }

    private static int NumberOf(PathMtuDiscovery discovery) => discovery switch
    {
        PathMtuDiscovery.Dont => 0,
        PathMtuDiscovery.Want => 1,
        _ => 2,
    };

    private static (string Address, int Port) Parse(string endpoint) =>
        (endpoint.Split(':')[0], int.Parse(endpoint.Split(':')[1], null));
}
