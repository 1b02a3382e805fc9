using System.Globalization;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Sockets;

namespace Emulator.Linux;

/// <summary>The kernel settings that are modelled, by their <c>sysctl</c> names and with Linux' defaults.</summary>
/// <remarks>Others are kept and shown, and change nothing. Source: Documentation/networking/ip-sysctl.rst.</remarks>
public sealed class Sysctls
{
    /// <summary>The setting whose values are words: <c>cubic</c> or <c>reno</c>.</summary>
    public const string CongestionName = "net.ipv4.tcp_congestion_control";

    private static readonly SortedDictionary<string, long> Defaults = new(
        ConntrackSysctls.Defaults, StringComparer.Ordinal)
    {
        ["net.ipv4.ip_forward"] = 0,
        ["net.ipv4.ip_default_ttl"] = 64,
        ["net.ipv4.icmp_ratelimit"] = 1_000,
        ["net.ipv4.conf.all.rp_filter"] = 0,
        ["net.bridge.bridge-nf-call-iptables"] = 1,
        [CongestionName] = (long)CongestionKind.Cubic,
    };

    // What was set here; most namespaces set little.
    private readonly SortedDictionary<string, long> _set = new(StringComparer.Ordinal);

    private Dictionary<string, int>? _rpFilters;

    /// <summary>net.ipv4.ip_forward: whether packets for others go on. Default false.</summary>
    public bool IpForward { get; private set; }

    /// <summary>net.ipv4.ip_default_ttl. Default 64.</summary>
    public byte DefaultTimeToLive { get; private set; } = 64;

    /// <summary>net.ipv4.icmp_ratelimit: milliseconds between ICMP errors to one destination; 0 is without limit.
    /// Default 1000.</summary>
    public long IcmpRateLimitMilliseconds { get; private set; } = 1_000;

    /// <summary>net.bridge.bridge-nf-call-iptables: whether bridged frames pass netfilter. Default true.</summary>
    public bool BridgeCallsIptables { get; private set; } = true;

    /// <summary>net.ipv4.tcp_congestion_control, of new connections. Default cubic.</summary>
    public CongestionKind Congestion { get; private set; }

    /// <summary>The number that stands for a setting's word; false where the setting has no such word.</summary>
    public static bool TryRead(string name, string word, out long value)
    {
        value = word == "reno" ? (long)CongestionKind.Reno : (long)CongestionKind.Cubic;
        return name == CongestionName && word is ("cubic" or "reno");
    }

    /// <summary>All settings, by name; words as <see cref="TryRead"/> has them.</summary>
    public IEnumerable<KeyValuePair<string, long>> Values =>
        Defaults.Where(d => !_set.ContainsKey(d.Key)).Concat(_set).OrderBy(v => v.Key, StringComparer.Ordinal);

    /// <summary>The larger of <c>net.ipv4.conf.{all,DEVICE}.rp_filter</c>: 0 off, 1 strict, 2 loose.</summary>
    public int RpFilterOf(string device) => _rpFilters is null ? 0
        : Math.Max(_rpFilters.GetValueOrDefault("all"), _rpFilters.GetValueOrDefault(device));

    /// <summary><c>sysctl -w NAME=VALUE</c>.</summary>
    public void Set(string name, long value)
    {
        _set[name] = value;
        switch (name)
        {
            case "net.ipv4.ip_forward":
                IpForward = value != 0;
                break;
            case "net.ipv4.ip_default_ttl":
                DefaultTimeToLive = (byte)Math.Clamp(value, 1, 255);
                break;
            case "net.ipv4.icmp_ratelimit":
                IcmpRateLimitMilliseconds = Math.Max(0, value);
                break;
            case "net.bridge.bridge-nf-call-iptables":
                BridgeCallsIptables = value != 0;
                break;
            case CongestionName:
                Congestion = (CongestionKind)value;
                break;
            default:
                SetPerDevice(name, value);
                break;
        }
    }

    /// <summary>The settings as <c>sysctl -a</c> prints them.</summary>
    public IEnumerable<string> Describe() =>
        Values.Select(v => v.Key + " = " + (v.Key == CongestionName
            ? Congestion == CongestionKind.Reno ? "reno" : "cubic"
            : v.Value.ToString(CultureInfo.InvariantCulture)));

    private void SetPerDevice(string name, long value)
    {
        const string prefix = "net.ipv4.conf.";
        const string suffix = ".rp_filter";
        if (name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal))
        {
            _rpFilters ??= new Dictionary<string, int>(StringComparer.Ordinal);
            _rpFilters[name[prefix.Length..^suffix.Length]] = (int)value;
        }
    }
}
