using Emulator.Client.Fuzzing.Networks;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Client.Fuzzing.Rules;

/// <summary>Draws a namespace's tables: rules at all hooks, user-defined chains with jumps, and every target where
/// Linux allows it.</summary>
internal sealed class TableMaker(Dice dice, NetworkPlan plan)
{
    private readonly MatchMaker _matches = new(dice, plan);
    private int _chains;

    /// <summary>Some of the four tables, each of an owner that has no other.</summary>
    public IEnumerable<ReplaceTable> Tables()
    {
        if (dice.OneIn(2))
        {
            yield return Services();
        }

        foreach (TableName table in Enum.GetValues<TableName>())
        {
            if (dice.OneIn(2))
            {
                yield return Table(table);
            }
        }
    }

    /// <summary>One table with random rules at its hooks.</summary>
    public ReplaceTable Table(TableName table)
    {
        List<(Hook Hook, Rule Rule)> builtin = [];
        List<Chain> all = [];
        foreach (Hook hook in HooksOf(table))
        {
            if (dice.OneIn(3))
            {
                continue;
            }

            // A chain may jump to those made before it, for the same hook: what a target may do depends on the hook.
            List<Chain> reachable = [];
            for (int i = dice.Below(4); i > 0; i--)
            {
                reachable.Add(new Chain($"C{++_chains}", Rules(table, hook, reachable)));
            }

            all.AddRange(reachable);
            builtin.AddRange(Rules(table, hook, reachable).Select(r => (hook, r)));
        }

        return new ReplaceTable(table, "fuzz", dice.Below(3), new TableContent(builtin, all));
    }

    private static IReadOnlyList<Hook> HooksOf(TableName table) => table switch
    {
        TableName.Raw => [Hook.Prerouting, Hook.Output],
        TableName.Mangle => Enum.GetValues<Hook>(),
        TableName.Nat => [Hook.Prerouting, Hook.Input, Hook.Output, Hook.Postrouting],
        _ => [Hook.Input, Hook.Forward, Hook.Output],
    };

    private List<Rule> Rules(TableName table, Hook hook, List<Chain> chains)
    {
        List<Rule> rules = [];
        for (int i = dice.Below(5); i > 0; i--)
        {
            List<Match> matches = _matches.Some();
            rules.Add(new Rule(matches, Target(table, hook, chains, matches)));
        }

        return rules;
    }

    // What ends packets is rare, so that they meet more than the first few rules.
    private Target Target(TableName table, Hook hook, List<Chain> chains, List<Match> matches)
    {
        if (chains.Count > 0 && dice.OneIn(3))
        {
            Chain chain = dice.Pick(chains);
            return dice.OneIn(4) ? new GotoTarget(chain) : new JumpTarget(chain);
        }

        switch (dice.Weighted(2, 2, 3, 3, 1, 5))
        {
            case 0:
                return new AcceptTarget();
            case 1:
                return new ReturnTarget();
            case 2:
                return new NoTarget();
            case 3:
                return new MarkTarget(dice.Pick(MatchMaker.Marks), dice.OneIn(2) ? uint.MaxValue : dice.Word());
            case 4:
                return matches.Count > 1 ? new DropTarget() : new NoTarget();
            default:
                return Special(table, hook, matches);
        }
    }

    private Target Special(TableName table, Hook hook, List<Match> matches)
    {
        switch (table)
        {
            case TableName.Raw:
                return new NotrackTarget();
            case TableName.Filter when matches.Count > 0:
                RejectWith with = dice.Pick(Enum.GetValues<RejectWith>());
                bool isTcp = matches.Contains(new ProtocolMatch(IPProtocol.Tcp));
                return new RejectTarget(with == RejectWith.TcpReset && !isTcp ? RejectWith.IcmpPortUnreachable : with);
            case TableName.Nat when hook is Hook.Prerouting or Hook.Output:
                bool hasPorts = matches.Exists(
                    m => m is ProtocolMatch { Negated: false, Protocol: not IPProtocol.Icmp });
                return new DnatTarget(dice.Pick(plan.Addresses), hasPorts && dice.OneIn(2) ? (ushort)8_080 : (ushort)0);
            case TableName.Nat when hook == Hook.Input || dice.OneIn(2):
                return new SnatTarget(dice.Pick(plan.Addresses), dice.OneIn(3));
            case TableName.Nat:
                return new MasqueradeTarget(dice.OneIn(3));
            default:
                return new NoTarget();
        }
    }

    /// <summary>Before all others: nobody translates where tunnels' own packets go.</summary>
    /// <remarks>A rule that leads them back into the tunnel makes two of each at every turn where the MTU is small, in
    /// a real kernel too, until no memory is left.</remarks>
    public ReplaceTable SpareTunnels()
    {
        Match[] isTunnel = [new ProtocolMatch(IPProtocol.Udp),
            new DestinationPortMatch(IPProtocol.Udp, plan.VxlanPort, plan.VxlanPort)];
        Rule spare = new(isTunnel, new AcceptTarget());
        return new ReplaceTable(
            TableName.Nat, "flanneld", -1, new TableContent([(Hook.Prerouting, spare), (Hook.Output, spare)], []));
    }

    // As kube-proxy writes them: a Service's chain chooses an endpoint's, which marks hairpins and translates.
    private ReplaceTable Services()
    {
        List<Chain> chains = [];
        List<(Hook Hook, Rule Rule)> builtin = [];
        IPv4Address[] pods = [.. plan.Hosts.SelectMany(h => h.Pods.Select(p => p.Address))];
        foreach (Endpoint service in plan.Services)
        {
            List<Rule> choices = [];
            int endpoints = dice.Between(1, 3);
            for (int left = endpoints; left > 0; left--)
            {
                IPv4Address pod = dice.Pick(pods);
                Chain endpoint = new($"SEP{++_chains}",
                [
                    new Rule([new SourceMatch(Cidr.Host(pod))], new MarkTarget(0x4000, 0x4000)),
                    new Rule([new ProtocolMatch(IPProtocol.Tcp)], new DnatTarget(pod, service.Port)),
                    new Rule([new ProtocolMatch(IPProtocol.Udp)], new DnatTarget(pod, service.Port)),
                    new Rule([], new DnatTarget(pod, 0)),
                ]);
                chains.Add(endpoint);
                Match[] chance = left == 1 ? [] : [new StatisticMatch(new Ratio(1, (uint)left))];
                choices.Add(new Rule(chance, new JumpTarget(endpoint)));
            }

            Chain chain = new($"SVC{++_chains}", choices);
            chains.Add(chain);
            Match[] to = [new DestinationMatch(Cidr.Host(service.Address))];
            builtin.Add((Hook.Prerouting, new Rule(to, new JumpTarget(chain))));
            builtin.Add((Hook.Output, new Rule(to, new JumpTarget(chain))));
        }

        builtin.Add((Hook.Postrouting, new Rule(
            [new MarkMatch(0x4000, 0x4000)], new MasqueradeTarget(RandomFully: true))));
        return new ReplaceTable(TableName.Nat, "kube-proxy", 1, new TableContent(builtin, chains));
    }
}
