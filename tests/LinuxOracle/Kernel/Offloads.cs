using System.Text;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>Turns a device's offloads off, so that each frame is as long as on a wire and has its checksum:
/// <c>ethtool -K DEVICE rx off tx off sg off tso off gso off gro off</c>.</summary>
internal static unsafe class Offloads
{
    private const nuint SiocEthtool = 0x8946;

    // ETHTOOL_S{RXCSUM,TXCSUM,SG,TSO,GSO,GRO}; the transmit checksum before what needs it.
    private static readonly uint[] Commands = [0x1f, 0x24, 0x2c, 0x19, 0x17, 0x15];

    /// <summary>Turns off what the device lets turn off.</summary>
    public static void TurnOff(NetnsThread netns, string device) => netns.Run(() =>
    {
        int fd = Libc.Check(Libc.Socket(Libc.AfInet, Libc.SockDgram | Libc.SockCloexec, 0), "socket");
        uint* value = stackalloc uint[2]; // struct ethtool_value: a command, a number.
        byte* request = stackalloc byte[40]; // struct ifreq: a name of 16 bytes, a pointer.
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes(device, new Span<byte>(request, 15));
        *(void**)(request + 16) = value;
        foreach (uint command in Commands)
        {
            (value[0], value[1]) = (command, 0);
            Libc.Ioctl(fd, SiocEthtool, request); // Fixed ones refuse; frames on lo are mended as they are read.
        }

        Libc.Close(fd);
    });
}
