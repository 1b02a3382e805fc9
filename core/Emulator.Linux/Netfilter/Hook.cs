namespace Emulator.Linux.Netfilter;

/// <summary>The five places where netfilter looks at an IPv4 packet (NF_INET_*).</summary>
public enum Hook : byte
{
    /// <summary>Received, before routing.</summary>
    Prerouting,

    /// <summary>For this host.</summary>
    Input,

    /// <summary>For somebody else.</summary>
    Forward,

    /// <summary>Made here, before it leaves.</summary>
    Output,

    /// <summary>About to leave.</summary>
    Postrouting,
}

/// <summary>
/// The tables, in no order; each hook walks them by priority: raw, (conntrack), mangle, nat, filter as Linux does.
/// </summary>
public enum TableName : byte
{
    /// <summary>Before connection tracking.</summary>
    Raw,

    /// <summary>Changes marks and headers.</summary>
    Mangle,

    /// <summary>Translates addresses; sees only the first packet of a connection.</summary>
    Nat,

    /// <summary>Accepts, drops and rejects.</summary>
    Filter,
}
