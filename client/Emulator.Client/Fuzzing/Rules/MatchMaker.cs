using Emulator.Client.Fuzzing.Networks;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Linux.Netfilter;

namespace Emulator.Client.Fuzzing.Rules;

/// <summary>Draws conditions of rules that packets of the network meet now and then.</summary>
internal sealed class MatchMaker(Dice dice, NetworkPlan plan)
{
    /// <summary>The marks that rules set and ask for.</summary>
    public static readonly uint[] Marks = [1, 0x4000, 0x8000, 0xFFFF_FFFF];

    private static readonly string[] Interfaces = ["eth0", "cni0", "flannel.1", "veth0", "veth+", "lo", "e+", "+"];
    private static readonly string[] Lists = ["DEFAULT", "KUBE-SEP-A", "other"];
    private static readonly ushort[] Ports = [7, 53, 80, 443, 8_080, 8_472, 4_789, 33_434, 40_000];

    private static readonly ConntrackStates[] States =
    [
        ConntrackStates.Invalid, ConntrackStates.New, ConntrackStates.Established, ConntrackStates.Related,
        ConntrackStates.Untracked, ConntrackStates.Snat, ConntrackStates.Dnat,
        ConntrackStates.Established | ConntrackStates.Related, ConntrackStates.New | ConntrackStates.Invalid,
    ];

    /// <summary>The conditions of one rule, none to four of them.</summary>
    public List<Match> Some()
    {
        List<Match> matches = [];
        IPProtocol? protocol = null;
        if (dice.OneIn(2))
        {
            protocol = dice.Pick([IPProtocol.Tcp, IPProtocol.Udp, IPProtocol.Icmp, IPProtocol.Tcp, IPProtocol.Udp]);
            bool negated = dice.OneIn(8);
            matches.Add(new ProtocolMatch(protocol.Value, negated));
            protocol = negated ? null : protocol;
        }

        if (protocol is { } known && dice.OneIn(2))
        {
            AddTransport(matches, known);
        }

        for (int more = dice.Weighted(50, 35, 15); more > 0; more--)
        {
            matches.Add(One());
        }

        return matches;
    }

    /// <summary>A block that holds an address of the network.</summary>
    public Cidr Block()
    {
        IPv4Address address = dice.Pick(plan.Addresses);
        return dice.OneIn(3) ? new Cidr(address, 32)
            : new Cidr(new IPv4Address(address.Value & Cidr.MaskOf(24)), 24) is var block && dice.OneIn(2) ? block
            : Wide(address, dice.Between(0, 32));
    }

    private static Cidr Wide(IPv4Address address, int length) =>
        new(new IPv4Address(address.Value & Cidr.MaskOf(length)), length);

    private void AddTransport(List<Match> matches, IPProtocol protocol)
    {
        if (protocol == IPProtocol.Icmp)
        {
            matches.Add(new IcmpTypeMatch(dice.Pick<byte>([0, 3, 5, 8, 11, 12, 13]),
                dice.OneIn(2) ? dice.Pick<byte>([0, 1, 3, 4, 13]) : null));
            return;
        }

        ushort first = dice.Pick(Ports);
        ushort last = dice.OneIn(2) ? first : (ushort)dice.Between(first, 65_535);
        switch (dice.Weighted(1, 4, 4))
        {
            case 0:
                matches.Add(new ProtocolExtensionMatch(protocol));
                break;
            case 1:
                matches.Add(new SourcePortMatch(protocol, first, last, dice.OneIn(6)));
                break;
            default:
                matches.Add(new DestinationPortMatch(protocol, first, last, dice.OneIn(6)));
                break;
        }
    }

    private Match One()
    {
        bool negated = dice.OneIn(5);
        switch (dice.Below(10))
        {
            case 0:
                return new SourceMatch(Block(), negated);
            case 1:
                return new DestinationMatch(Block(), negated);
            case 2:
                return new InInterfaceMatch(dice.Pick(Interfaces), negated);
            case 3:
                return new OutInterfaceMatch(dice.Pick(Interfaces), negated);
            case 4:
                uint mark = dice.Pick(Marks);
                return new MarkMatch(mark, dice.OneIn(2) ? mark : uint.MaxValue, negated);
            case 5:
                return new ConntrackStateMatch(dice.Pick(States), negated);
            case 6:
                return AddressType(negated);
            case 7:
                return new StatisticMatch(new Ratio((uint)dice.Below(17) << 27, 1U << 31));
            case 8:
                bool sets = dice.OneIn(2);
                int seconds = sets ? 0 : dice.Below(3);
                return new RecentMatch(dice.Pick(Lists), sets, seconds, seconds > 0 && dice.OneIn(2));
            default:
                return new CommentMatch(dice.Pick(["a comment", "default/web:http", "q\"uote", "x"]));
        }
    }

    private AddressTypeMatch AddressType(bool negated)
    {
        AddressType[] types = Enum.GetValues<AddressType>();
        return dice.Below(3) switch
        {
            0 => new AddressTypeMatch(dice.Pick(types), null, negated),
            1 => new AddressTypeMatch(null, dice.Pick(types), negated),
            _ => new AddressTypeMatch(dice.Pick(types), dice.Pick(types), negated),
        };
    }
}
