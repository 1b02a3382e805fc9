namespace Emulator.Core.Journal;

/// <summary>
/// A journal subject that can say itself in text, made only when somebody reads it (a rule, a route, an entry).
/// </summary>
public interface IDescribed
{
    /// <summary>
    /// The tool's own text for it: a rule as <c>iptables-save</c> prints it, a route as <c>ip route</c> does.
    /// </summary>
    string Describe();
}
