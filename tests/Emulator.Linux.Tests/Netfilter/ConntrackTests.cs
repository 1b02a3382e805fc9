using Emulator.Core.Packets;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;
using static Emulator.Linux.Tests.Netfilter.NetfilterRig;

namespace Emulator.Linux.Tests.Netfilter;

/// <summary>
/// Expected entries: those that a Linux 6.18 kernel listed for the same packets, where not said otherwise.
/// </summary>
public sealed class ConntrackTests
{
    private const TcpFlags Ack = TcpFlags.Ack;

    [Fact]
    public void Follows_a_tcp_connection_from_syn_to_time_wait()
    {
        NetfilterRig rig = Tracking();
        string[] states =
        [
            After(rig, TcpFlags.Syn, false), After(rig, TcpFlags.Syn | Ack, true), After(rig, Ack, false),
            After(rig, Ack | TcpFlags.Psh, false), After(rig, Ack, true),
            After(rig, TcpFlags.Fin | Ack, false), After(rig, Ack, true), After(rig, TcpFlags.Fin | Ack, true),
            After(rig, Ack, false),
        ];

        // Source: the order of states of nf_conntrack_proto_tcp for a client that closes first.
        Assert.Equal(
            [
                "SYN_SENT 120", "SYN_RECV 60", "ESTABLISHED 432000", "ESTABLISHED 432000", "ESTABLISHED 432000",
                "FIN_WAIT 120", "CLOSE_WAIT 60", "LAST_ACK 30", "TIME_WAIT 120",
            ],
            states);
        rig.After(1);
        Assert.Equal(
            "tcp      6 119 TIME_WAIT src=10.244.1.2 dst=10.244.1.3 sport=42000 dport=8080 "
            + "src=10.244.1.3 dst=10.244.1.2 sport=8080 dport=42000 [ASSURED] mark=0 use=1",
            Assert.Single(rig.Entries()));
    }

    private static string After(NetfilterRig rig, TcpFlags flags, bool reply)
    {
        Assert.True(rig.Receive(reply
            ? Tcp("10.244.1.3", 8080, "10.244.1.2", 42000, flags)
            : Tcp("10.244.1.2", 42000, "10.244.1.3", 8080, flags)).Verdict.IsAccepted);
        string[] words = rig.Entries()[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return $"{words[3]} {words[2]}";
    }

    private static NetfilterRig Tracking(ConntrackSettings? settings = null)
    {
        NetfilterRig rig = new(settings: settings);
        rig.Put(TableName.Nat, "test", 0, new TableContent([], [new Chain("EMPTY", [])]));
        return rig;
    }
}
