namespace Emulator.Client.Requests;

/// <summary>What <c>emulator show</c> was asked for.</summary>
internal sealed record ShowRequest
{
    /// <summary>The commands that are understood.</summary>
    public static readonly IReadOnlyList<string> Commands =
        ["ip addr", "ip route", "ip neigh", "bridge fdb", "iptables-save", "conntrack -L", "lsns"];

    /// <summary>Whether a command is understood: one of <see cref="Commands"/>, or <c>cat</c> and <c>ls</c> of a node's
    /// cgroup files.</summary>
    public static bool Knows(string command) =>
        Commands.Contains(command, StringComparer.Ordinal)
        || command.StartsWith("cat /sys/fs/cgroup/", StringComparison.Ordinal)
        || command.StartsWith("ls /sys/fs/cgroup", StringComparison.Ordinal)
        || command.StartsWith("cat /proc/", StringComparison.Ordinal)
        || command.StartsWith("unshare", StringComparison.Ordinal);

    /// <summary>Files and folders; <c>-</c> is standard input.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>A node's or external host's name, or a pod's as <c>[pod/]NAMESPACE/NAME</c>.</summary>
    public required string Where { get; init; }

    /// <summary>One of <see cref="Commands"/>.</summary>
    public required string Command { get; init; }

    /// <summary>The seed of all dice.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Where it runs.</summary>
    public required EngineRequest Engine { get; init; }
}
