using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Client.Tests.Lab;

/// <summary>One thing that is done in a lab. Hosts are named as in the recordings: p1a, n1, ext.</summary>
internal abstract record LabStep
{
    private LabStep()
    {
    }

    /// <summary>A netlink message to a host's kernel.</summary>
    public sealed record Configure(string At, NetlinkMessage Message) : LabStep;

    /// <summary>A netlink message to the kernels of all hosts.</summary>
    public sealed record ConfigureAll(NetlinkMessage Message) : LabStep;

    /// <summary>An exchange, waited for. What the client and the server saw is noted under the key; null notes
    /// nothing.</summary>
    public sealed record Ask(string? Key, string From, ExchangeRequest Request) : LabStep
    {
        /// <summary>What is noted instead of all: a list's name and its next value, made of the result and the
        /// server's name.</summary>
        public Func<ExchangeResult, string, (string List, string Value)>? Note { get; init; }
    }

    /// <summary>Some milliseconds pass.</summary>
    public sealed record Wait(int Milliseconds) : LabStep;

    /// <summary>A listing command, whose lines are noted as a list under the key.</summary>
    public sealed record Show(string Key, string At, string Command) : LabStep
    {
        /// <summary>Which lines are noted; null for all.</summary>
        public Func<string, bool>? Only { get; init; }

        /// <summary>Whether it is one line, noted without a place in a list.</summary>
        public bool IsOneLine { get; init; }
    }

    /// <summary><c>iptables-save | sed … | iptables-restore</c>.</summary>
    public sealed record EditRules(string At, Func<string, string> Edit) : LabStep;

    /// <summary>New flows, one a millisecond; how many each server answered is noted.</summary>
    public sealed record Flows(string Key, ExchangeRequest Request, int Count) : LabStep;

    /// <summary>Starts a program.</summary>
    public sealed record Start(string At, Emulator.Linux.Processes.Program Program) : LabStep;
}
