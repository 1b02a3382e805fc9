using System.Runtime.CompilerServices;
using Emulator.Linux.Netfilter;

namespace Emulator.Linux.Tests.Netfilter;

/// <summary>
/// Text files of this folder's Facts: rules given to, and dumped by, iptables 1.8.9 (nf_tables) on Linux 6.18.
/// </summary>
internal static class NetfilterFacts
{
    public static string Read(string file, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "Facts", file)); // A source file is in a folder.

    /// <summary>
    /// A node with kube-proxy's and flannel's rules of the recorded topology, as the facts were recorded on.
    /// </summary>
    public static NetfilterRig Node1(ulong seed = 1, string replace = "", string with = "")
    {
        NetfilterRig rig = new(seed);
        string rules = Read("node1.iptables-restore.txt");
        Load(rig, replace.Length > 0 ? rules.Replace(replace, with, StringComparison.Ordinal) : rules);
        return rig;
    }

    public static void Load(NetfilterRig rig, string text)
    {
        foreach (RestoredTable table in IptablesRestore.Parse(text))
        {
            rig.Put(table.Table, "test", 0, table.Content);
            foreach ((Hook hook, bool drop) in table.Policies)
            {
                rig.Netfilter.SetPolicy(table.Table, hook, drop);
            }
        }
    }
}
