namespace Emulator.Core.Journal;

/// <summary>What an entry says. Kinds below <see cref="FirstDetail"/> are facts and enter the digest; the rest are
/// details.</summary>
public enum JournalKind : byte
{
    /// <summary>A frame was seen at an interface. Subject: the frame.</summary>
    Hop = 1,

    /// <summary>A packet came into the world. Subject: the packet.</summary>
    Originated,

    /// <summary>One more copy of a packet, by flooding or duplication. A: how many copies more.</summary>
    Copied,

    /// <summary>A packet was cut. A: how many fragments came into the world (the whole is absorbed
    /// separately).</summary>
    Fragmented,

    /// <summary>A packet ended because fragmentation cut it or reassembly joined it. A: how many ended.</summary>
    Absorbed,

    /// <summary>A packet reached its socket, or the kernel that consumes it.</summary>
    Delivered,

    /// <summary>A packet ended undelivered. Reason says why, Subject the rule where one did it.</summary>
    Dropped,

    /// <summary>An application exchange began. Subject: its description.</summary>
    ExchangeStarted,

    /// <summary>An application exchange ended. A: outcome; B: latency in nanoseconds. Subject: its result.</summary>
    ExchangeEnded,

    /// <summary>An API object was written. A: resourceVersion. Subject: its key as text.</summary>
    ObjectWritten,

    /// <summary>An actor was born. Subject: its name.</summary>
    ActorBorn,

    /// <summary>An actor ended. Subject: its name.</summary>
    ActorEnded,

    /// <summary>Something else worth keeping: Subject is a text of low cardinality, A and B are its figures.</summary>
    Note,

    /// <summary>Not an entry: kinds from here on are details, which are written only when asked for and never
    /// digested.</summary>
    FirstDetail = 64,

    /// <summary>A packet entered a netfilter hook. A: hook number.</summary>
    Hook = 65,

    /// <summary>A rule matched. Subject: the rule. A: hook number.</summary>
    Rule,

    /// <summary>A route was chosen. Subject: the route.</summary>
    Route,

    /// <summary>An address or port was translated. Subject: the packet before; A, B: the new source and destination
    /// endpoints packed.</summary>
    Nat,

    /// <summary>Connection tracking's word. Subject: the entry's text. A: the state.</summary>
    Conntrack,

    /// <summary>The bridge looked an address up. Subject: text.</summary>
    Fdb,

    /// <summary>The neighbour table was asked. Subject: text.</summary>
    Neighbour,

    /// <summary>A frame was put into or taken out of a tunnel. Subject: text.</summary>
    Tunnel,

    /// <summary>A frame waited. A: queueing, B: transmission, both nanoseconds.</summary>
    Queue,

    /// <summary>A random choice. Subject: text; A: what was drawn; B: out of how many.</summary>
    Draw,

    /// <summary>The output of a listing command. Subject: text.</summary>
    CommandOutput,

    /// <summary>An answer cost CPU time. Subject: text. A: time throttled, B: CPU time, both nanoseconds.</summary>
    Cpu,
}

/// <summary>Which way a frame passes an interface, as its namespace sees it.</summary>
public enum Direction : byte
{
    /// <summary>Not a hop.</summary>
    None,

    /// <summary>Received.</summary>
    In,

    /// <summary>Sent.</summary>
    Out,
}
