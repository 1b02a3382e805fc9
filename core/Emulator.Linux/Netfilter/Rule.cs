using Emulator.Core.Journal;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// One rule of a chain: if every match holds, the target decides. Immutable and shared between namespaces.
/// </summary>
/// <param name="Matches">What must hold, in the order of the rule's text; empty matches everything.</param>
/// <param name="Target">What happens then.</param>
public sealed record Rule(IReadOnlyList<Match> Matches, Target Target) : IDescribed
{
    /// <summary>The chain that the rule stands in, for its text; set once by <see cref="Chain"/>.</summary>
    public string ChainName { get; internal set; } = "";

    /// <summary>
    /// The rule as <c>iptables-save</c> prints it: <c>-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp … -j KUBE-SVC-…</c>.
    /// </summary>
    public string Describe() => RuleText.Write(this);
}
