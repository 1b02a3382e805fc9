using System.Text.RegularExpressions;

namespace Emulator.LinuxOracle.Tests.Steps;

/// <summary>A device as <c>ip addr</c> lists it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mac">Its hardware address.</param>
/// <param name="Mtu">In bytes.</param>
/// <param name="Master">The bridge that it is a port of; empty for none.</param>
/// <param name="Addresses">Each as <c>ip addr add</c> takes it: <c>10.244.1.1/24 brd 10.244.1.255</c>.</param>
internal sealed partial record ListedDevice(
    string Name, string Mac, int Mtu, string Master, IReadOnlyList<string> Addresses)
{
    /// <summary>Reads the answer to <c>ip addr</c>.</summary>
    public static ListedDevice[] Parse(IEnumerable<string> lines)
    {
        List<ListedDevice> devices = [];
        foreach (string line in lines)
        {
            if (Head().Match(line) is { Success: true } head)
            {
                devices.Add(new ListedDevice(
                    head.Groups["name"].Value, "", int.Parse(head.Groups["mtu"].Value, null),
                    head.Groups["master"].Value, []));
            }
            else if (Link().Match(line) is { Success: true } link)
            {
                devices[^1] = devices[^1] with { Mac = link.Groups["mac"].Value };
            }
            else if (Inet().Match(line) is { Success: true } inet)
            {
                devices[^1] = devices[^1] with
                {
                    Addresses = [.. devices[^1].Addresses, inet.Groups["address"].Value],
                };
            }
        }

        return [.. devices];
    }

    [GeneratedRegex(@"^\d+: (?<name>[^:@]+)(@\S+)?: .* mtu (?<mtu>\d+) (.* master (?<master>\S+))?")]
    private static partial Regex Head();

    [GeneratedRegex(@"^ +link/\S+ (?<mac>\S+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^ +inet (?<address>\S+( brd \S+)?)")]
    private static partial Regex Inet();
}
