using Emulator.Core.Actors;
using Emulator.Linux.Netlink;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>Netlink messages as commands of the real tools, and how each is undone.</summary>
internal sealed class KernelChanges(KernelTopology topology)
{
    private readonly Stack<Action> _undo = new();
    private readonly Dictionary<string, string> _rules = new(topology.Rules, StringComparer.Ordinal);

    /// <summary>Applies a message to a host.</summary>
    public void Apply(string host, Message message)
    {
        NetnsThread netns = topology.Hosts[host];
        switch (message)
        {
            case AddRoute add:
                netns.IP($"route replace {TextOf(add)}");
                _undo.Push(() => netns.Try($"route del {TextOf(add)}")); // A step may have taken it back.
                break;
            case DeleteRoute delete:
                string name = delete.Destination.Length == 0 ? "default" : $"{delete.Destination}";
                netns.IP($"route del {name}");
                if (topology.Routes[host].FirstOrDefault(r => r.StartsWith($"{name} ", StringComparison.Ordinal))
                    is { } route)
                {
                    _undo.Push(() => netns.IP($"route add {route}"));
                }

                break;
            case AddAddress add:
                netns.IP($"addr add {add.Address}/{add.PrefixLength} dev {add.Device}");
                _undo.Push(() => netns.IP($"addr del {add.Address}/{add.PrefixLength} dev {add.Device}"));
                break;
            case AddNeighbour add:
                netns.IP($"neigh replace {add.Address} lladdr {add.Mac} dev {add.Device} "
                    + $"nud {add.State.ToString().ToLowerInvariant()}");
                break;
            case DeleteNeighbour delete:
                netns.IP($"neigh del {delete.Address} dev {delete.Device}");
                break;
            case SetLink set:
                Apply(netns, set);
                break;
            case SetSysctl set:
                Set(netns, set);
                break;
            case FlushConntrack:
                KernelConntrack.Flush(netns);
                break;
            default:
                throw new NotSupportedException($"{message.GetType().Name} has no command here yet; add one.");
        }
    }

    /// <summary>Replaces a host's rules by their edited text.</summary>
    public void EditRules(string host, Func<string, string> edit)
    {
        string before = _rules.GetValueOrDefault(host, EmptyRules);
        string after = edit(before);
        if (after == before)
        {
            throw new InvalidOperationException($"{host}: the edit changes nothing.");
        }

        _rules[host] = after;
        topology.Hosts[host].RestoreRules(after);
        _undo.Push(() =>
        {
            _rules[host] = before;
            topology.Hosts[host].RestoreRules(before);
        });
    }

    /// <summary>Takes everything back, the last first.</summary>
    public void Undo()
    {
        while (_undo.TryPop(out Action? undo))
        {
            undo();
        }
    }

    /// <summary>What a host without rules has.</summary>
    public const string EmptyRules =
        """
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        COMMIT
        *nat
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        COMMIT
        """;

    private static string TextOf(AddRoute add) =>
        (add.Type == RouteType.Unicast ? "" : add.Type.ToString().ToLowerInvariant() + " ") + add.Destination
        + (add.Gateway is { } gateway ? $" via {gateway}" : "") + (add.Device is { } device ? $" dev {device}" : "")
        + (add.Source is { } source ? $" src {source}" : "") + (add.Metric > 0 ? $" metric {add.Metric}" : "")
        + (add.OnLink ? " onlink" : "");

    private void Apply(NetnsThread netns, SetLink set)
    {
        ListedDevice device = topology.Devices[netns.Name].Single(d => d.Name == set.Name);
        if (set.Mtu is int mtu)
        {
            netns.IP($"link set {set.Name} mtu {mtu}");
            _undo.Push(() => netns.IP($"link set {set.Name} mtu {device.Mtu}"));
        }

        if (set.Up is bool up)
        {
            netns.IP($"link set {set.Name} {(up ? "up" : "down")}");
            // Going down, a device loses the routes through it.
            _undo.Push(() => netns.IP(topology.Routes[netns.Name]
                .Where(r => r.Contains($"dev {set.Name}", StringComparison.Ordinal))
                .Select(r => $"route replace {r}").Prepend($"link set {set.Name} up")));
        }

        if (set.Hairpin is bool hairpin)
        {
            netns.IP($"link set {set.Name} type bridge_slave hairpin {(hairpin ? "on" : "off")}");
            _undo.Push(() => netns.IP($"link set {set.Name} type bridge_slave hairpin on"));
        }
    }

    private void Set(NetnsThread netns, SetSysctl set)
    {
        string path = "/proc/sys/" + set.Name.Replace('.', '/');
        string before = netns.Run(() => File.ReadAllText(path).Trim());
        netns.TrySetSysctl(set.Name, $"{set.Value}");
        _undo.Push(() => netns.TrySetSysctl(set.Name, before));
    }
}
