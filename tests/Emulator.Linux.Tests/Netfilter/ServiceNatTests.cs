using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;
using static Emulator.Linux.Tests.Netfilter.NetfilterRig;

namespace Emulator.Linux.Tests.Netfilter;

/// <summary>
/// kube-proxy's and flannel's rules on node 1. Expected addresses, ports and entries: what Linux 6.18 did with the
/// same rules and packets (ports that <c>--random-fully</c> chose aside).
/// </summary>
public sealed class ServiceNatTests
{
    private const TcpFlags Ack = TcpFlags.Ack;

    [Fact]
    public void Translates_a_pods_connection_to_a_cluster_address_and_its_answers_back()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        (TcpFlags Flags, bool Reply)[] exchange =
        [
            (TcpFlags.Syn, false), (TcpFlags.Syn | Ack, true), (Ack, false), (TcpFlags.Fin | Ack, false), (Ack, true),
            (TcpFlags.Fin | Ack, true), (Ack, false),
        ];
        foreach ((TcpFlags flags, bool reply) in exchange)
        {
            (NetfilterVerdict verdict, SkBuff skb) = rig.Receive(reply
                ? Tcp("10.244.2.2", 8080, "10.244.1.2", 42011, flags)
                : Tcp("10.244.1.2", 42011, "10.96.0.60", 80, flags));
            Assert.True(verdict.IsAccepted);
            Assert.Equal(
                reply ? "10.96.0.60:80 > 10.244.1.2:42011" : "10.244.1.2:42011 > 10.244.2.2:8080", Text(skb.Packet));
        }

        rig.After(1);
        Assert.Equal(
            [
                "tcp      6 119 TIME_WAIT src=10.244.1.2 dst=10.96.0.60 sport=42011 dport=80 "
                + "src=10.244.2.2 dst=10.244.1.2 sport=8080 dport=42011 [ASSURED] mark=0 use=1",
            ],
            rig.Entries());
    }

    [Theory]
    [InlineData("10.244.1.2", "10.96.0.50", 80, "10.244.1.1", "10.244.1.2:8080")] // A pod to itself by its service.
    [InlineData("192.168.77.100", "192.168.77.11", 30085, "10.244.1.1", "10.244.1.2:8080")] // NodePort, pod here.
    [InlineData("192.168.77.100", "192.168.77.11", 30086, "10.244.1.0", "10.244.2.2:8080")] // NodePort, pod on node 2.
    [InlineData("10.244.1.2", "192.168.77.11", 30086, "10.244.1.0", "10.244.2.2:8080")] // A pod to its node's NodePort.
    public void Masquerades_from_the_leaving_device(string from, string to, int port, string source, string destination)
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        (NetfilterVerdict verdict, SkBuff skb) = rig.Receive(Tcp(from, 42012, to, port, TcpFlags.Syn));
        Assert.True(verdict.IsAccepted);
        Assert.Equal(source, skb.Packet.Source.ToString());
        Assert.Equal(destination, Text(skb.Packet).Split(" > ")[1]);
        ushort masqueraded = ((TcpSegment)skb.Packet.Payload).SourcePort;
        Assert.InRange(masqueraded, 1024, 65535);
        Assert.NotEqual(42012, masqueraded);

        (verdict, skb) = rig.Receive(
            Tcp(destination.Split(':')[0], 8080, source, masqueraded, TcpFlags.Syn | Ack));
        Assert.True(verdict.IsAccepted);
        Assert.Equal($"{to}:{port} > {from}:42012", Text(skb.Packet));
    }

    [Fact]
    public void Translates_and_masquerades_the_nodes_own_connection()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        (NetfilterVerdict verdict, SkBuff skb) = rig.Send(Tcp("192.168.77.11", 42020, "10.96.0.60", 80, TcpFlags.Syn));
        Assert.True(verdict.IsAccepted);
        Assert.StartsWith("10.244.1.0:", Text(skb.Packet), StringComparison.Ordinal);
        Assert.EndsWith("> 10.244.2.2:8080", Text(skb.Packet), StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_the_client_where_the_policy_is_local_and_the_pod_is_not_here()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        (NetfilterVerdict verdict, _) = rig.Receive(Tcp("192.168.77.100", 42034, "192.168.77.11", 30082, TcpFlags.Syn));
        Assert.Equal(VerdictKind.Drop, verdict.Kind);
        Assert.Equal(
            "-A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment \"default/xlocal has no local endpoints\" "
            + "-m addrtype --dst-type LOCAL -m tcp --dport 30082 -j DROP",
            verdict.Rule?.Describe());
        Assert.Empty(rig.Entries());
        Assert.Equal(0, rig.Netfilter.Conntrack.Count);
    }

    [Fact]
    public void Rejects_a_service_without_endpoints_and_leaves_no_entry()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        (NetfilterVerdict verdict, SkBuff skb) = rig.Receive(Tcp("10.244.1.2", 42040, "10.96.0.30", 80, TcpFlags.Syn));
        Assert.Equal(VerdictKind.Reject, verdict.Kind);
        Assert.Equal(DropReason.NetfilterReject, verdict.Reason);
        Assert.Equal(RejectWith.IcmpPortUnreachable, verdict.With);
        Assert.Contains("default/none has no endpoints", verdict.Rule?.Describe(), StringComparison.Ordinal);

        (verdict, _) = rig.Send(
            Error("10.244.1.1", "10.244.1.2", IcmpType.DestinationUnreachable, IcmpUnreachable.Port, skb.Packet), skb);
        Assert.True(verdict.IsAccepted);
        rig.Netfilter.Forget(skb);
        Assert.Empty(rig.Entries());
        Assert.Equal(0, rig.Netfilter.Conntrack.Count);
    }

    [Fact]
    public void Shows_a_routers_error_as_from_the_service_about_the_packet_that_the_client_sent()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        (_, SkBuff sent) = rig.Receive(Udp("10.244.1.2", 44202, "10.96.0.60", 53));
        Assert.Equal("10.244.1.2:44202 > 10.244.2.2:5353", Text(sent.Packet));

        (NetfilterVerdict verdict, SkBuff skb) = rig.Receive(
            Error("10.244.2.0", "10.244.1.2", IcmpType.TimeExceeded, 0, sent.Packet));
        Assert.True(verdict.IsAccepted);
        Assert.Equal(ConntrackStates.Related, skb.State);
        Assert.Equal("10.96.0.60 > 10.244.1.2 about [10.244.1.2:44202 > 10.96.0.60:53]", Text(skb.Packet));
    }

    [Fact]
    public void Shows_this_nodes_own_error_about_a_first_packet_as_from_the_service()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        SkBuff cause = new() { Packet = Udp("10.244.1.2", 44201, "10.96.0.60", 53), In = Cni0 };
        Assert.True(rig.Netfilter.Run(Hook.Prerouting, ref cause, rig.Outbox).IsAccepted);

        (NetfilterVerdict verdict, SkBuff skb) = rig.Send(
            Error("10.244.1.1", "10.244.1.2", IcmpType.TimeExceeded, 0, cause.Packet), cause);
        Assert.True(verdict.IsAccepted);
        Assert.Equal("10.96.0.60 > 10.244.1.2 about [10.244.1.2:44201 > 10.96.0.60:53]", Text(skb.Packet));
        rig.Netfilter.Forget(cause);
        Assert.Equal(0, rig.Netfilter.Conntrack.Count);
    }

    [Fact]
    public void Gives_a_masqueraded_clients_error_back_to_the_client()
    {
        // Source: nf_nat_icmp_reply_translation; the recording shows every hop of a NodePort trace as the node's
        // address.
        NetfilterRig rig = NetfilterFacts.Node1();
        (_, SkBuff sent) = rig.Receive(Udp("192.168.77.100", 45000, "192.168.77.11", 30056));
        (NetfilterVerdict verdict, SkBuff skb) = rig.Receive(
            Error("10.244.2.0", "10.244.1.0", IcmpType.TimeExceeded, 0, sent.Packet));
        Assert.True(verdict.IsAccepted);
        Assert.Equal(
            "192.168.77.11 > 192.168.77.100 about [192.168.77.100:45000 > 192.168.77.11:30056]", Text(skb.Packet));
    }

    [Fact]
    public void Gives_an_echo_another_identifier_where_ports_are_random()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        (_, SkBuff sent) = rig.Receive(Echo("10.244.1.2", "192.168.77.12", 4660));
        ushort identifier = ((IcmpMessage)sent.Packet.Payload).EchoIdentifier;
        Assert.NotEqual(4660, identifier);
        (_, SkBuff answer) = rig.Receive(Echo("192.168.77.12", "192.168.77.11", identifier, reply: true));
        Assert.Equal("192.168.77.12 > 10.244.1.2 id 4660", Text(answer.Packet));
        rig.After(1);
        Assert.Equal(
            [
                "icmp     1 29 src=10.244.1.2 dst=192.168.77.12 type=8 code=0 id=4660 "
                + $"src=192.168.77.12 dst=192.168.77.11 type=0 code=0 id={identifier} mark=0 use=1",
            ],
            rig.Entries());
    }

    [Fact]
    public void Keeps_the_port_without_random_fully_and_changes_it_only_on_a_clash()
    {
        NetfilterRig rig = NetfilterFacts.Node1(replace: "--random-fully", with: "");
        (_, SkBuff first) = rig.Receive(Tcp("10.244.1.2", 45000, "203.0.113.10", 8080, TcpFlags.Syn));
        (_, SkBuff second) = rig.Receive(Tcp("10.244.1.3", 45000, "203.0.113.10", 8080, TcpFlags.Syn));
        Assert.Equal("192.168.77.11:45000 > 203.0.113.10:8080", Text(first.Packet));
        Assert.StartsWith("192.168.77.11:", Text(second.Packet), StringComparison.Ordinal);
        ushort port = ((TcpSegment)second.Packet.Payload).SourcePort;
        Assert.NotEqual(45000, port);
        (_, SkBuff answer) = rig.Receive(Tcp("203.0.113.10", 8080, "192.168.77.11", port, TcpFlags.Syn | Ack));
        Assert.Equal("203.0.113.10:8080 > 10.244.1.3:45000", Text(answer.Packet));
    }

    [Fact]
    public void Never_gives_one_port_to_two_connections_and_spreads_them_over_the_range()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        HashSet<ushort> ports = [];
        int upper = 0;
        for (int i = 0; i < 2000; i++)
        {
            (_, SkBuff skb) = rig.Receive(Udp("10.244.1.2", 20000 + i, "203.0.113.10", 53));
            ushort port = ((UdpDatagram)skb.Packet.Payload).SourcePort;
            Assert.InRange(port, 1024, 65535);
            Assert.True(ports.Add(port));
            upper += port >= 33280 ? 1 : 0;
        }

        // Exact for seed 1. A fair split of 2000 has a standard deviation of 22.
        Assert.Equal(987, upper);
    }

    [Fact]
    public void Ends_a_packet_when_no_port_is_left()
    {
        NetfilterRig rig = new();
        NetfilterFacts.Load(rig, "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n");
        DropReason last = DropReason.None;
        int accepted = 0;
        for (int host = 0; last == DropReason.None && host < 600; host++)
        {
            (NetfilterVerdict verdict, _) = rig.Receive(
                Udp($"10.244.1.{2 + (host % 250)}", 100 + (host / 250), "203.0.113.10", 53));
            last = verdict.Reason;
            accepted += verdict.IsAccepted ? 1 : 0;
        }

        // Ports below 512 stay there: 511 of them. The search gives up a little before the last is taken.
        Assert.Equal(DropReason.NatPortsExhausted, last);
        Assert.InRange(accepted, 400, 511);
    }

    [Theory]
    [InlineData(2000, "10.96.0.10", 2, "1012 988")]
    [InlineData(3000, "10.96.0.90", 3, "1024 954 1022")]
    public void Spreads_connections_over_endpoints(int flows, string service, int endpoints, string expected)
    {
        // Exact for seed 1; Linux' own draws gave 982 to 1018 of 2000, and 957 to 1051 of 3000.
        NetfilterRig rig = NetfilterFacts.Node1();
        SortedDictionary<IPv4Address, int> counts = [];
        for (int i = 0; i < flows; i++)
        {
            (_, SkBuff skb) = rig.Receive(Udp("10.244.1.3", 20000 + i, service, 53));
            counts[skb.Packet.Destination] = counts.GetValueOrDefault(skb.Packet.Destination) + 1;
        }

        Assert.Equal(endpoints, counts.Count);
        Assert.Equal(expected, string.Join(' ', counts.Values));
    }

    [Fact]
    public void Keeps_a_client_at_its_endpoint_while_its_affinity_lasts()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        HashSet<IPv4Address> chosen = [];
        for (int i = 0; i < 8; i++)
        {
            rig.After(10_000_000); // 10,000 s: within the 10,800 s that each new connection starts again.
            (_, SkBuff skb) = rig.Receive(Tcp("10.244.1.3", 43100 + i, "10.96.0.80", 80, TcpFlags.Syn));
            chosen.Add(skb.Packet.Destination);
        }

        Assert.Single(chosen);
        HashSet<IPv4Address> later = [];
        for (int i = 0; i < 8; i++)
        {
            rig.After(10_801_000);
            (_, SkBuff skb) = rig.Receive(Tcp("10.244.1.3", 43200 + i, "10.96.0.80", 80, TcpFlags.Syn));
            later.Add(skb.Packet.Destination);
        }

        Assert.Equal(2, later.Count);
    }

    [Fact]
    public void Keeps_a_udp_flows_endpoint_until_its_entry_is_deleted()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        Assert.Equal("10.244.2.2", EndpointOf(rig));
        NetfilterFacts.Load(rig, NetfilterFacts.Read("node1.iptables-restore.txt").Replace(
            "--to-destination 10.244.2.2:5353", "--to-destination 10.244.2.3:5353", StringComparison.Ordinal));
        Assert.Equal("10.244.2.2", EndpointOf(rig));

        Assert.Equal(0, rig.Netfilter.Delete(
            new DeleteConntrack(IPProtocol.Udp, Ip("10.96.0.60"), 54, null), rig.Now));
        Assert.Equal(1, rig.Netfilter.Delete(
            new DeleteConntrack(IPProtocol.Udp, Ip("10.96.0.60"), 53, Ip("10.244.2.2")), rig.Now));
        Assert.Equal("10.244.2.3", EndpointOf(rig));
    }

    private static string EndpointOf(NetfilterRig rig) =>
        rig.Receive(Udp("10.244.1.2", 46000, "10.96.0.60", 53)).Skb.Packet.Destination.ToString();

    [Fact]
    public void Lets_two_first_packets_of_one_flow_through_at_once()
    {
        // Two DNS queries from one socket in one instant: the second joins the first, or keeps its own endpoint for a
        // second.
        for (ulong seed = 1; seed <= 16; seed++)
        {
            NetfilterRig rig = NetfilterFacts.Node1(seed);
            SkBuff first = new() { Packet = Udp("10.244.1.3", 47000, "10.96.0.10", 53), In = Cni0 };
            SkBuff second = first;
            Assert.True(rig.Netfilter.Run(Hook.Prerouting, ref first, rig.Outbox).IsAccepted);
            Assert.True(rig.Netfilter.Run(Hook.Prerouting, ref second, rig.Outbox).IsAccepted);
            first.Out = DeviceTo(first.Packet.Destination);
            second.Out = DeviceTo(second.Packet.Destination);
            Assert.True(rig.Netfilter.Run(Hook.Postrouting, ref first, rig.Outbox).IsAccepted);
            Assert.True(rig.Netfilter.Run(Hook.Postrouting, ref second, rig.Outbox).IsAccepted);
            Assert.Single(rig.Entries());
            bool sameEndpoint = first.Packet.Destination == second.Packet.Destination;
            Assert.Equal(sameEndpoint, first.ConntrackId == second.ConntrackId);
            foreach (IPv4Packet sent in (IPv4Packet[])[first.Packet, second.Packet])
            {
                (_, SkBuff answer) = rig.Receive(Udp(sent.Destination.ToString(), 5353, "10.244.1.3", 47000));
                Assert.Equal("10.96.0.10:53 > 10.244.1.3:47000", Text(answer.Packet));
            }
        }
    }
}
