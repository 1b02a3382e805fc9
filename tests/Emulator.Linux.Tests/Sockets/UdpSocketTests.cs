using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Tests.Sockets;

public class UdpSocketTests
{
    private readonly TwoHosts _world = new();
    private readonly RecordingHandler _client = new();
    private readonly RecordingHandler _server = new();

    [Fact]
    public void Delivers_a_datagram_with_the_header_that_a_real_kernel_writes()
    {
        // Recorded scenario "udp_same_node": 4 bytes from port 41000 to 5353 make 32 bytes with DF and TTL 64.
        Bind(_world.Server, _server, 5353);
        UdpSocket socket = Bind(_world.Client, _client, 41000);
        Assert.Equal(SocketError.None, Send(socket, 5353, 4));
        _world.Run();

        IPv4Packet packet = Assert.Single(_world.Sent).Packet;
        Assert.Equal((32, true, (byte)64), (packet.Length, packet.DontFragment, packet.TimeToLive));
        Assert.Equal(["datagram 4 from 10.244.1.2:41000"], _server.Events);
        Assert.Single(_world.Journal(JournalKind.Delivered));
    }

    [Fact]
    public void Says_when_nobody_listens_and_the_connected_sender_hears_of_it()
    {
        // Recorded scenario "udp_closed_port_cross_node": ECONNREFUSED by ICMP 3/3.
        UdpSocket socket = Bind(_world.Client, _client, 41002);
        socket.Connect(new Endpoint(_world.Server.Address, 9));
        Send(socket, 9, 4);
        _world.Run();

        Assert.Equal(["udp error ConnectionRefused"], _client.Events);
        Assert.Equal(
            (IcmpType.DestinationUnreachable, IcmpUnreachable.Port, _world.Server.Address),
            (_client.Failures[0].IcmpType, _client.Failures[0].IcmpCode, _client.Failures[0].Offender));
        Assert.Equal(DropReason.NoSocket, Assert.Single(_world.Journal(JournalKind.Dropped)).Reason);
    }

    [Fact]
    public void Refuses_to_bind_an_address_that_is_not_the_namespaces_own()
    {
        // bind(2): EADDRNOTAVAIL.
        var foreign = IPv4Address.Parse("203.0.113.10");
        SocketTable sockets = _world.Client.Sockets;
        PingSocket ping = sockets.OpenPing(_client)!; // The first identifier is free.

        sockets.TryBindUdp(new Endpoint(foreign, 0), _client, out _, out SocketError udp);
        sockets.TryConnectTcp(
            new Endpoint(_world.Server.Address, 80), 1, _client, _world.Outbox, out _, out SocketError tcp,
            new(LocalAddress: foreign));

        Assert.Equal(
            [SocketError.AddressNotAvailable, SocketError.AddressNotAvailable, SocketError.AddressNotAvailable],
            [udp, tcp, ping.Bind(foreign)]);
        Assert.Equal(1, sockets.Count);
    }

    [Theory]
    [InlineData(false, false, IcmpUnreachable.Port, false)]
    [InlineData(true, false, IcmpUnreachable.Port, true)]
    [InlineData(true, false, IcmpUnreachable.Host, false)]
    [InlineData(true, true, IcmpUnreachable.Host, true)]
    [InlineData(false, true, IcmpUnreachable.Host, true)]
    public void Reports_icmp_errors_as_udp_7_says(bool isConnected, bool receivesErrors, byte code, bool isReported)
    {
        UdpSocket socket = Bind(_world.Client, _client, 41002);
        socket.ReceiveErrors = receivesErrors;
        if (isConnected)
        {
            socket.Connect(new Endpoint(_world.Server.Address, 9));
        }

        _world.Loses = _ => true;
        Send(socket, 9, 4);
        _world.Client.ReceiveError(
            IcmpType.DestinationUnreachable, code, _world.Sent[0].Packet, IPv4Address.Parse("10.244.1.1"));
        Assert.Equal(isReported, _client.Events.Count == 1);
    }

    [Theory]
    [InlineData(PathMtuDiscovery.Want, 1422, true)]
    [InlineData(PathMtuDiscovery.Want, 1423, false)]
    [InlineData(PathMtuDiscovery.Dont, 4, false)]
    public void Sets_df_where_the_datagram_fits_the_mtu(PathMtuDiscovery discovery, int bytes, bool isSet)
    {
        // Recorded: 1422 bytes just fit an MTU of 1450; larger ones leave without DF and are fragmented.
        UdpSocket socket = Bind(_world.Client, _client, 0);
        socket.PathMtuDiscovery = discovery;
        Assert.Equal(SocketError.None, Send(socket, 5353, bytes));
        Assert.Equal(isSet, _world.Sent[0].Packet.DontFragment);
    }

    [Fact]
    public void Refuses_what_does_not_fit_when_it_must_not_be_cut()
    {
        // Recorded scenario "mtu_over_local_df": EMSGSIZE, and no frame.
        UdpSocket socket = Bind(_world.Client, _client, 0);
        socket.PathMtuDiscovery = PathMtuDiscovery.Do;
        Assert.Equal(SocketError.MessageTooLong, Send(socket, 5353, 1423));
        Assert.Empty(_world.Sent);
    }

    [Fact]
    public void Hands_a_connected_socket_only_its_peers_datagrams()
    {
        UdpSocket server = Bind(_world.Server, _server, 5353);
        server.Connect(new Endpoint(_world.Client.Address, 1111));
        Send(Bind(_world.Client, _client, 1111), 5353, 1);
        Send(Bind(_world.Client, _client, 2222), 5353, 2);
        _world.Run();

        Assert.Equal(["datagram 1 from 10.244.1.2:1111"], _server.Events);
    }

    [Fact]
    public void Keeps_datagrams_while_paused_up_to_its_bound()
    {
        // 212,992 bytes (rmem_default) at 768 + 232 bytes a datagram are 212 datagrams.
        UdpSocket server = Bind(_world.Server, _server, 5353);
        server.Pause();
        UdpSocket client = Bind(_world.Client, _client, 0);
        for (int i = 0; i < 214; i++)
        {
            Send(client, 5353, 232);
        }

        _world.Run();
        Assert.Empty(_server.Events);
        Assert.Equal(212, _world.Journal(JournalKind.Delivered).Length);
        Assert.All(_world.Journal(JournalKind.Dropped), e => Assert.Equal(DropReason.SocketReceiveBuffer, e.Reason));
        Assert.Equal(2, _world.Journal(JournalKind.Dropped).Length);

        server.Resume(_world.Outbox);
        Assert.Equal(212, _server.Events.Count);
    }

    [Fact]
    public void Gives_a_port_to_one_socket_at_a_time()
    {
        UdpSocket first = Bind(_world.Server, _server, 53);
        Assert.False(_world.Server.Sockets.TryBindUdp(
            new Endpoint(_world.Server.Address, 53), _server, out _, out SocketError error));
        Assert.Equal(SocketError.AddressInUse, error);
        first.Close();
        Bind(_world.Server, _server, 53);
        Assert.Equal(1, _world.Server.Sockets.Count);
    }

    [Fact]
    public void Lets_two_sockets_share_a_port_on_different_addresses_but_not_with_one_on_all()
    {
        var other = new Endpoint(IPv4Address.Parse("127.0.0.1"), 53);
        Assert.True(_world.Server.Sockets.TryBindUdp(
            new Endpoint(_world.Server.Address, 53), _server, out UdpSocket? first, out _));
        Assert.True(_world.Server.Sockets.TryBindUdp(other, _server, out UdpSocket? second, out _));
        first.Close();
        Assert.False(_world.Server.Sockets.TryBindUdp(new Endpoint(IPv4Address.Any, 53), _server, out _, out _));
        second.Close();
        Bind(_world.Server, _server, 53);
    }

    [Theory]
    [InlineData(PathMtuDiscovery.Want, 1422, true, SocketError.None)]
    [InlineData(PathMtuDiscovery.Want, 1423, false, SocketError.None)]
    [InlineData(PathMtuDiscovery.Do, 1422, true, SocketError.None)]
    [InlineData(PathMtuDiscovery.Do, 1423, null, SocketError.MessageTooLong)]
    [InlineData(PathMtuDiscovery.Dont, 56, false, SocketError.None)]
    public void Sets_df_on_a_ping_as_it_is_told(
        PathMtuDiscovery discovery, int bytes, bool? isSet, SocketError expected)
    {
        // ip(7), IP_MTU_DISCOVER; 1450 bytes fit the MTU, 28 of them headers.
        PingSocket socket = _world.Client.Sockets.OpenPing(_client)!; // The first identifier is free.
        socket.PathMtuDiscovery = discovery;
        Assert.Equal(expected, socket.Send(_world.Server.Address, 1, bytes, 5, _world.Outbox));
        Assert.Equal(isSet, _world.Sent.Select(s => (bool?)s.Packet.DontFragment).SingleOrDefault());
    }

    [Fact]
    public void Answers_a_ping_to_the_socket_that_asked()
    {
        // Recorded scenario "icmp_same_node": 84 bytes with DF.
        PingSocket other = _world.Client.Sockets.OpenPing(new RecordingHandler())!;
        PingSocket socket = _world.Client.Sockets.OpenPing(_client)!;
        Assert.NotEqual(other.Identifier, socket.Identifier);
        socket.Send(_world.Server.Address, 7, 56, 5, _world.Outbox);
        _world.Run();

        Assert.Equal(["echo reply 7 of 56 ttl 64"], _client.Events);
        Assert.Equal((84, true), (_world.Sent[0].Packet.Length, _world.Sent[0].Packet.DontFragment));
    }

    private SocketError Send(UdpSocket socket, ushort port, int bytes) =>
        socket.Send(new Endpoint(_world.Server.Address, port), new FillerPayload(bytes), 5, false, _world.Outbox);

    private static UdpSocket Bind(TestHost host, RecordingHandler handler, ushort port)
    {
        Assert.True(host.Sockets.TryBindUdp(
            new Endpoint(IPv4Address.Any, port), handler, out UdpSocket? socket, out _));
        return socket;
    }
}
