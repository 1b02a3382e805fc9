using Emulator.Core.Journal;
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

    [Fact]
    public void Shows_a_connection_without_answer_as_unreplied()
    {
        NetfilterRig rig = Tracking();
        After(rig, TcpFlags.Syn, false);
        rig.After(1_500);
        Assert.Equal(
            "tcp      6 118 SYN_SENT src=10.244.1.2 dst=10.244.1.3 sport=42000 dport=8080 [UNREPLIED] "
            + "src=10.244.1.3 dst=10.244.1.2 sport=8080 dport=42000 mark=0 use=1",
            Assert.Single(rig.Entries()));
    }

    [Fact]
    public void Forgets_a_connection_that_is_refused()
    {
        NetfilterRig rig = Tracking();
        After(rig, TcpFlags.Syn, false);
        Assert.True(rig.Receive(Tcp("10.244.1.3", 8080, "10.244.1.2", 42000, TcpFlags.Rst | Ack)).Verdict.IsAccepted);
        Assert.Empty(rig.Entries());
    }

    [Fact]
    public void Closes_an_open_connection_that_is_reset()
    {
        NetfilterRig rig = Tracking();
        Open(rig);
        Assert.Equal("CLOSE 10", After(rig, TcpFlags.Rst, false));
    }

    [Fact]
    public void Begins_anew_when_a_closed_connections_ports_are_used_again()
    {
        NetfilterRig rig = Tracking();
        Open(rig);
        After(rig, TcpFlags.Rst, false);
        Assert.Equal("SYN_SENT 120", After(rig, TcpFlags.Syn, false));
        Assert.Contains("[UNREPLIED]", Assert.Single(rig.Entries()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TcpFlags.Syn | Ack)]
    [InlineData(TcpFlags.Fin | Ack)]
    [InlineData(TcpFlags.Rst)]
    [InlineData(TcpFlags.None)]
    [InlineData(TcpFlags.Syn | TcpFlags.Fin)]
    public void Calls_a_first_segment_that_opens_nothing_invalid(TcpFlags flags)
    {
        // Source: the row "none" of the transition table.
        NetfilterRig rig = Tracking();
        SkBuff skb = rig.Receive(Tcp("10.244.1.2", 42000, "10.244.1.3", 8080, flags)).Skb;
        Assert.Equal(ConntrackStates.Invalid, skb.State);
        Assert.Equal(0, rig.Netfilter.Conntrack.Count);
    }

    [Fact]
    public void Picks_up_an_open_connection_with_five_minutes_until_it_is_answered()
    {
        NetfilterRig rig = Tracking();
        Assert.Equal("ESTABLISHED 300", After(rig, Ack, false));
        Assert.Equal("ESTABLISHED 300", After(rig, Ack, true));
        Assert.Equal("ESTABLISHED 432000", After(rig, Ack, false));
    }

    [Fact]
    public void Gives_udp_two_minutes_only_when_it_is_answered_for_more_than_two_seconds()
    {
        NetfilterRig rig = Tracking();
        Exchange(rig, 46200);
        rig.Receive(Udp("10.244.1.2", 46201, "10.244.1.3", 9999));
        Exchange(rig, 46202);
        rig.After(2_100);
        Exchange(rig, 46202);
        rig.After(1_500);
        Assert.Equal(
            [
                "udp      17 26 src=10.244.1.2 dst=10.244.1.3 sport=46200 dport=5353 "
                + "src=10.244.1.3 dst=10.244.1.2 sport=5353 dport=46200 mark=0 use=1",
                "udp      17 26 src=10.244.1.2 dst=10.244.1.3 sport=46201 dport=9999 [UNREPLIED] "
                + "src=10.244.1.3 dst=10.244.1.2 sport=9999 dport=46201 mark=0 use=1",
                "udp      17 118 src=10.244.1.2 dst=10.244.1.3 sport=46202 dport=5353 "
                + "src=10.244.1.3 dst=10.244.1.2 sport=5353 dport=46202 [ASSURED] mark=0 use=1",
            ],
            rig.Entries());
    }

    [Fact]
    public void Ends_an_entry_at_its_time_and_not_before()
    {
        NetfilterRig rig = Tracking();
        rig.Receive(Udp("10.244.1.2", 41000, "10.244.1.3", 53));
        rig.After(29_999);
        Assert.Single(rig.Entries());
        rig.After(1);
        Assert.Empty(rig.Entries());
        Assert.Equal(ConntrackStates.New, rig.Receive(Udp("10.244.1.3", 53, "10.244.1.2", 41000)).Skb.State);
        Assert.Equal(1, rig.Netfilter.Conntrack.Count);
    }

    [Fact]
    public void Tracks_an_echo_by_its_identifier()
    {
        NetfilterRig rig = Tracking();
        rig.Receive(Echo("10.244.1.2", "10.244.1.3", 4660));
        SkBuff stray = rig.Receive(Echo("10.244.1.3", "10.244.1.2", 4661, reply: true)).Skb;
        Assert.Equal(ConntrackStates.Invalid, stray.State);
        SkBuff answer = rig.Receive(Echo("10.244.1.3", "10.244.1.2", 4660, reply: true)).Skb;
        Assert.Equal(ConntrackStates.Established, answer.State);
        Assert.True(answer.IsReplyDirection);
        rig.After(1);
        Assert.Equal(
            "icmp     1 29 src=10.244.1.2 dst=10.244.1.3 type=8 code=0 id=4660 "
            + "src=10.244.1.3 dst=10.244.1.2 type=0 code=0 id=4660 mark=0 use=1",
            Assert.Single(rig.Entries()));
    }

    [Fact]
    public void Takes_an_error_about_nobodys_packet_for_invalid()
    {
        NetfilterRig rig = Tracking();
        IPv4Packet quoted = Udp("10.244.1.2", 41000, "10.244.1.3", 9);
        IPv4Packet error = Error("10.244.1.3", "10.244.1.2", IcmpType.DestinationUnreachable, 3, quoted);
        Assert.Equal(ConntrackStates.Invalid, rig.Receive(error).Skb.State);
        rig.Receive(quoted);
        Assert.Equal(ConntrackStates.Related, rig.Receive(error).Skb.State);

        // Source: nf_conntrack_inet_error. An error for somebody else than the sender is not believed.
        IPv4Packet astray = Error("10.244.1.3", "10.244.1.9", IcmpType.DestinationUnreachable, 3, quoted);
        Assert.Equal(ConntrackStates.Invalid, rig.Receive(astray).Skb.State);
    }

    [Fact]
    public void Gives_up_an_unassured_connection_for_a_new_one_and_refuses_when_all_are_assured()
    {
        NetfilterRig rig = Tracking(new ConntrackSettings { Max = 3 });
        for (int port = 1; port <= 4; port++)
        {
            Assert.True(rig.Receive(Udp("10.244.1.2", 41000 + port, "10.244.1.3", 53)).Verdict.IsAccepted);
        }

        Assert.Equal(3, rig.Entries().Count);
        for (int port = 1; port <= 3; port++)
        {
            Open(rig, 42000 + port);
        }

        Assert.All(rig.Entries(), e => Assert.Contains("[ASSURED]", e, StringComparison.Ordinal));
        NetfilterVerdict verdict = rig.Receive(Udp("10.244.1.2", 41009, "10.244.1.3", 53)).Verdict;
        Assert.Equal(DropReason.ConntrackFull, verdict.Reason);
        Assert.Equal(3, rig.Entries().Count);
    }

    [Fact]
    public void Takes_back_the_slots_of_packets_that_ended_unsaid()
    {
        NetfilterRig rig = Tracking();
        for (int i = 0; i < 10_000; i++)
        {
            SkBuff skb = new() { Packet = Udp("10.244.1.2", 1024 + i, "10.244.1.3", 53), In = Cni0 };
            rig.Netfilter.Run(Hook.Prerouting, ref skb, rig.Outbox);
            rig.After(100);
        }

        // Ten seconds' worth: a hundred packets.
        Assert.Equal(100, rig.Netfilter.Conntrack.Count);
        Assert.Empty(rig.Entries());
    }

    [Fact]
    public void Sweeps_ended_entries_while_new_ones_come()
    {
        NetfilterRig rig = Tracking();
        for (int i = 0; i < 20_000; i++)
        {
            rig.Receive(Udp("10.244.1.2", 1024 + i, "10.244.1.3", 53));
            rig.After(100);
        }

        // Ten a second live for 30 s: 300, less the one whose time is up just now. Each new one sweeps two slots.
        Assert.Equal(299, rig.Entries().Count);
        Assert.InRange(rig.Netfilter.Conntrack.Count, 300, 600);
    }

    [Fact]
    public void An_old_id_finds_nobody()
    {
        NetfilterRig rig = Tracking();
        Rule invalid = new([new ConntrackStateMatch(ConntrackStates.Invalid)], new DropTarget());
        rig.Put(TableName.Filter, "test", 0, new TableContent([(Hook.Forward, invalid)], []));
        SkBuff old = rig.Receive(Udp("10.244.1.2", 41000, "10.244.1.3", 53)).Skb;
        rig.After(31_000);
        rig.Receive(Udp("10.244.1.3", 53, "10.244.1.2", 41000));
        SkBuff late = new() { Packet = old.Packet, ConntrackId = old.ConntrackId, Out = Cni0 };
        Assert.Equal(DropReason.NetfilterDrop, rig.Netfilter.Run(Hook.Forward, ref late, rig.Outbox).Reason);
        Assert.Equal(ConntrackStates.Invalid, late.State);
    }

    [Fact]
    public void Allocates_nothing_for_a_packet_of_a_known_connection()
    {
        NetfilterRig rig = Tracking();
        IPv4Packet packet = Udp("10.244.1.2", 41000, "10.244.1.3", 53);
        rig.Receive(packet);
        rig.Receive(packet);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            SkBuff skb = new() { Packet = packet, In = Cni0, Out = Cni0 };
            rig.Netfilter.Run(Hook.Prerouting, ref skb, rig.Outbox);
            rig.Netfilter.Run(Hook.Forward, ref skb, rig.Outbox);
            rig.Netfilter.Run(Hook.Postrouting, ref skb, rig.Outbox);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Open(NetfilterRig rig, int port = 42000)
    {
        rig.Receive(Tcp("10.244.1.2", port, "10.244.1.3", 8080, TcpFlags.Syn));
        rig.Receive(Tcp("10.244.1.3", 8080, "10.244.1.2", port, TcpFlags.Syn | Ack));
        rig.Receive(Tcp("10.244.1.2", port, "10.244.1.3", 8080, Ack));
    }

    private static void Exchange(NetfilterRig rig, int port)
    {
        rig.Receive(Udp("10.244.1.2", port, "10.244.1.3", 5353));
        rig.Receive(Udp("10.244.1.3", 5353, "10.244.1.2", port));
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
