namespace Emulator.Linux.Netfilter;

/// <summary>Rules as text, as <c>iptables-save</c> of the nft back end prints them.</summary>
public static class RuleText
{
    /// <summary>One rule as an <c>-A CHAIN …</c> line.</summary>
    public static string Write(Rule rule) => $"-A {rule.ChainName}";
}
