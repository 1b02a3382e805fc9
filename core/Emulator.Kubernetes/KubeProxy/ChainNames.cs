using System.Security.Cryptography;
using System.Text;
using Emulator.Core.Addresses;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>The names of kube-proxy's chains.</summary>
/// <remarks>
/// A chain of one Service port or endpoint is a prefix and the first 16 characters of base32(sha256(text)), because
/// netfilter allows 28 characters. Source: kubernetes pkg/proxy/iptables.
/// </remarks>
public static class ChainNames
{
    /// <summary>Cluster IPs, external IPs and load-balancer IPs; in both tables.</summary>
    public const string Services = "KUBE-SERVICES";

    /// <summary>Refusals for what only outsiders use: node ports, external IPs, load-balancer IPs.</summary>
    public const string ExternalServices = "KUBE-EXTERNAL-SERVICES";

    /// <summary>Node ports (nat) and health-check node ports (filter).</summary>
    public const string NodePorts = "KUBE-NODEPORTS";

    /// <summary>Masquerades what was marked.</summary>
    public const string Postrouting = "KUBE-POSTROUTING";

    /// <summary>Marks a packet for masquerading.</summary>
    public const string MarkMasquerade = "KUBE-MARK-MASQ";

    /// <summary>Accepts forwarded packets of Services.</summary>
    public const string Forward = "KUBE-FORWARD";

    /// <summary>Drops load-balancer traffic from outside of its source ranges.</summary>
    public const string ProxyFirewall = "KUBE-PROXY-FIREWALL";

    /// <summary>Keeps others away from 127.0.0.0/8.</summary>
    public const string Firewall = "KUBE-FIREWALL";

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int HashLength = 16;

    /// <summary><c>KUBE-SVC-…</c>: the endpoints used with policy Cluster.</summary>
    public static string ClusterPolicy(ServicePort port) => "KUBE-SVC-" + Hash(PortText(port));

    /// <summary><c>KUBE-SVL-…</c>: the endpoints used with policy Local.</summary>
    public static string LocalPolicy(ServicePort port) => "KUBE-SVL-" + Hash(PortText(port));

    /// <summary><c>KUBE-EXT-…</c>: traffic to node ports, external IPs and load-balancer IPs.</summary>
    public static string External(ServicePort port) => "KUBE-EXT-" + Hash(PortText(port));

    /// <summary><c>KUBE-FW-…</c>: lets in the source ranges of a load balancer.</summary>
    public static string LoadBalancerFirewall(ServicePort port) => "KUBE-FW-" + Hash(PortText(port));

    /// <summary><c>KUBE-SEP-…</c>: one endpoint.</summary>
    public static string Endpoint(ServicePort port, Endpoint endpoint) => "KUBE-SEP-" + Hash(PortText(port) + endpoint);

    /// <summary>The first 16 characters of base32(sha256(text)).</summary>
    public static string Hash(string text)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return string.Create(HashLength, digest, static (span, bytes) =>
        {
            // Base32 takes 5 bits a character, highest first: 16 characters are the first 80 bits.
            for (int i = 0; i < span.Length; i++)
            {
                int bit = i * 5;
                int pair = (bytes[bit / 8] << 8) | bytes[(bit / 8) + 1];
                span[i] = Alphabet[(pair >> (11 - (bit % 8))) & 31];
            }
        });
    }

    private static string PortText(ServicePort port) => port.FullName + port.ProtocolText;
}
