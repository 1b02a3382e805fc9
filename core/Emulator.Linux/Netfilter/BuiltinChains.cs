using System.Diagnostics;

namespace Emulator.Linux.Netfilter;

/// <summary>The built-in chains: which table has which, and their names.</summary>
internal static class BuiltinChains
{
    private static readonly Hook[] Raw = [Hook.Prerouting, Hook.Output];

    private static readonly Hook[] Mangle =
        [Hook.Prerouting, Hook.Input, Hook.Forward, Hook.Output, Hook.Postrouting];

    private static readonly Hook[] Nat = [Hook.Prerouting, Hook.Input, Hook.Output, Hook.Postrouting];

    private static readonly Hook[] Filter = [Hook.Input, Hook.Forward, Hook.Output];

    /// <summary>The hooks of a table, in the order in which <c>iptables-save</c> prints its chains.</summary>
    public static IReadOnlyList<Hook> HooksOf(TableName table) => table switch
    {
        TableName.Raw => Raw,
        TableName.Mangle => Mangle,
        TableName.Nat => Nat,
        TableName.Filter => Filter,
        _ => throw new UnreachableException($"No hooks for the table {table}."),
    };

    /// <summary>The chain of a hook.</summary>
    public static string NameOf(Hook hook) => hook switch
    {
        Hook.Prerouting => "PREROUTING",
        Hook.Input => "INPUT",
        Hook.Forward => "FORWARD",
        Hook.Output => "OUTPUT",
        Hook.Postrouting => "POSTROUTING",
        _ => throw new UnreachableException($"No name for the hook {hook}."),
    };

    /// <summary>The table's name.</summary>
    public static string NameOf(TableName table) => table switch
    {
        TableName.Raw => "raw",
        TableName.Mangle => "mangle",
        TableName.Nat => "nat",
        TableName.Filter => "filter",
        _ => throw new UnreachableException($"No name for the table {table}."),
    };
}
