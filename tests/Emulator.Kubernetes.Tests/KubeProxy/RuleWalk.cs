using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Kubernetes.KubeProxy;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.Tests.KubeProxy;

/// <summary>A connection's first packet.</summary>
public sealed record Probe(IPv4Address Source, IPv4Address Destination, IPProtocol Protocol, ushort Port);

/// <summary>What became of a probe, and with which chance.</summary>
public sealed record Outcome(
    string Verdict, Endpoint? Endpoint, bool Masqueraded, (long Numerator, long Denominator) Chance);

/// <summary>
/// Walks a probe through kube-proxy's tables by the meaning of each match and target, once for every way that the dice
/// can fall. It knows nothing of how the rules were made.
/// </summary>
public sealed class RuleWalk(ServiceTables tables, IReadOnlyList<IPv4Address> nodeAddresses)
{
    private readonly Dictionary<string, IPv4Address> _recent = [];
    private List<(bool Taken, Ratio Chance)> _dice = [];
    private int _die;
    private Probe _probe = null!; // Set by every walk before it is read.
    private Endpoint? _dnat;
    private uint _mark;

    public IReadOnlyList<Outcome> Run(Probe probe)
    {
        var outcomes = new List<Outcome>();
        _dice = [];
        do
        {
            outcomes.Add(Once(probe));
        }
        while (NextThrow());
        return outcomes;
    }

    /// <summary>Notes that a client was last sent to an endpoint, as the rule's recent list would.</summary>
    public void Remember(string list, IPv4Address client) => _recent[list] = client;

    private bool NextThrow()
    {
        while (_dice.Count > 0 && _dice[^1].Taken)
        {
            _dice.RemoveAt(_dice.Count - 1);
        }

        if (_dice.Count == 0)
        {
            return false;
        }

        _dice[^1] = (true, _dice[^1].Chance);
        return true;
    }

    private Outcome Once(Probe probe)
    {
        (_probe, _die, _dnat, _mark) = (probe, 0, null, 0);
        bool fromHere = IsLocal(probe.Source);
        Hook(tables.Nat, fromHere ? Linux.Netfilter.Hook.Output : Linux.Netfilter.Hook.Prerouting);
        if (_dnat is { } endpoint)
        {
            _probe = probe with { Destination = endpoint.Address, Port = endpoint.Port };
        }

        Target? verdict = null;
        if (fromHere)
        {
            verdict = Hook(tables.Filter, Linux.Netfilter.Hook.Output);
        }

        if (verdict is null && (!fromHere || IsLocal(_probe.Destination)))
        {
            verdict = Hook(
                tables.Filter,
                IsLocal(_probe.Destination) ? Linux.Netfilter.Hook.Input : Linux.Netfilter.Hook.Forward);
        }

        bool masqueraded = verdict is null or AcceptTarget
            && Hook(tables.Nat, Linux.Netfilter.Hook.Postrouting) is MasqueradeTarget;
        string text = verdict switch
        {
            DropTarget => "DROP",
            RejectTarget => "REJECT",
            _ when _dnat is not null => "DNAT",
            AcceptTarget => "ACCEPT",
            _ => "NONE",
        };
        (long n, long d) = (1, 1);
        foreach ((bool taken, Ratio chance) in _dice)
        {
            (n, d) = (n * (taken ? chance.Numerator : chance.Denominator - chance.Numerator), d * chance.Denominator);
        }

        return new Outcome(text, _dnat, masqueraded, (n, d));
    }

    private Target? Hook(TableContent table, Hook hook)
    {
        foreach ((Hook at, Rule rule) in table.Builtin)
        {
            if (at == hook && Apply(rule) is { } end and not ReturnTarget)
            {
                return end;
            }
        }

        return null;
    }

    private Target? Chain(Chain chain)
    {
        foreach (Rule rule in chain.Rules)
        {
            if (Apply(rule) is { } end)
            {
                return end is ReturnTarget ? null : end;
            }
        }

        return null;
    }

    private Target? Apply(Rule rule)
    {
        if (!rule.Matches.All(Holds))
        {
            return null;
        }

        switch (rule.Target)
        {
            case JumpTarget { Chain.Name: ChainNames.Firewall }:
                return null; // The kubelet's chain, which kube-proxy's own tests do without.
            case JumpTarget jump:
                return Chain(jump.Chain);
            case MarkTarget mark:
                _mark = (_mark & ~mark.Mask) ^ mark.Value;
                return null;
            case DnatTarget dnat:
                _dnat = new Endpoint(dnat.Address, dnat.Port);
                return dnat;
            case NoTarget:
                return null;
            default:
                return rule.Target;
        }
    }

    private bool Holds(Match match) => match switch
    {
        SourceMatch m => m.Cidr.Contains(_probe.Source) != m.Negated,
        DestinationMatch m => m.Cidr.Contains(_probe.Destination) != m.Negated,
        ProtocolMatch m => (m.Protocol == _probe.Protocol) != m.Negated,
        ProtocolExtensionMatch => true,
        DestinationPortMatch m => m.Protocol == _probe.Protocol && m.First <= _probe.Port && _probe.Port <= m.Last,
        CommentMatch => true,
        MarkMatch m => ((_mark & m.Mask) == m.Value) != m.Negated,
        ConntrackStateMatch m => ((m.States & State) != 0) != m.Negated,
        AddressTypeMatch m => (m.SourceType is null || IsLocal(_probe.Source))
            && (m.DestinationType is null || IsLocal(_probe.Destination)),
        StatisticMatch m => Throw(m.Probability),
        RecentMatch { Set: true } => true,
        RecentMatch m => _recent.TryGetValue(m.List, out IPv4Address client) && client == _probe.Source,
        _ => throw new NotSupportedException($"the walk does not know {match}"),
    };

    private ConntrackStates State => ConntrackStates.New | (_dnat is null ? 0 : ConntrackStates.Dnat);

    private bool IsLocal(IPv4Address address) => address.IsLoopback || nodeAddresses.Contains(address);

    private bool Throw(Ratio chance)
    {
        if (_die == _dice.Count)
        {
            _dice.Add((false, chance));
        }

        return _dice[_die++].Taken;
    }
}
