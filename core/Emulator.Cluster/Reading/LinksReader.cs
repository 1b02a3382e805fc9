using Emulator.Cluster.Spec;
using Emulator.Core.Documents;
using Emulator.Core.Randomness;
using Emulator.Core.Time;

namespace Emulator.Cluster.Reading;

/// <summary>Reads <c>spec.links</c>: a latency by itself (<c>withinZone: 50us</c>) or an object with all that a link
/// may have.</summary>
internal static class LinksReader
{
    private static readonly string[] Fields =
        ["latency", "rate", "queueLength", "jitter", "extraDelay", "loss", "duplicate", "reorder",
        .. NetemReader.Fields];

    /// <summary>Reads the section.</summary>
    public static LinksSpec Read(Section spec)
    {
        Section links = spec.Child("links", "withinNode", "withinZone", "betweenZones", "outside");
        SimDuration hop = links.Duration("withinNode") ?? SimDuration.FromMicroseconds(1);
        if (hop < SimDuration.FromMicroseconds(1))
        {
            links.Report("withinNode", $"{Section.Shown(links["withinNode"] ?? JsonNull.Instance)} is too short: a hop "
            + "inside a "
                + "machine costs at least 1us; write 1us or more.");
        }

        return new LinksSpec(
            hop,
            ReadLink(links, "withinZone", SimDuration.FromMicroseconds(50)),
            ReadLink(links, "betweenZones", SimDuration.FromMicroseconds(500)),
            ReadLink(links, "outside", SimDuration.FromMilliseconds(5)));
    }

    private static LinkSpec ReadLink(Section links, string name, SimDuration latency)
    {
        if (links[name] is JsonString or JsonNumber)
        {
            return new LinkSpec { Latency = AboveZero(links, name, links.Duration(name) ?? latency) };
        }

        Section link = links.Child(name, Fields);
        bool isDelayed = link["delay"] is not null;
        return new LinkSpec
        {
            Latency = AboveZero(link, "latency", link.Duration("latency") ?? latency),
            RateBitsPerSecond = (link["rate"] is JsonObject ? null : link.Rate("rate")) ?? 10_000_000_000,
            QueueLengthMax = (int)(link.Whole("queueLength", 1, 1_000_000) ?? 1_000),
            Jitter = (isDelayed ? null : link.Duration("jitter")) ?? SimDuration.Zero,
            ExtraDelay = link.Duration("extraDelay") ?? SimDuration.Zero,
            Loss = Alone(link, "loss"),
            Duplicate = Alone(link, "duplicate"),
            Reorder = isDelayed ? Ratio.Zero : Alone(link, "reorder"),
            Netem = NetemReader.Read(link),
            Tbf = NetemReader.ReadTbf(link),
        };
    }

    // A chance by itself; an object is netem's.
    private static Ratio Alone(Section link, string name)
    {
        if (link[name] is not JsonObject || name == "reorder")
        {
            return link.Chance(name) ?? Ratio.Zero;
        }

        return Ratio.Zero;
    }

    private static SimDuration AboveZero(Section section, string name, SimDuration latency)
    {
        if (latency == SimDuration.Zero)
        {
            section.Report(name, $"{Section.Shown(section[name] ?? JsonNull.Instance)} is a link between machines "
            + "without latency: "
                + "nothing may cross it in no time, since machines run ahead of each other by the least latency; "
                + "write 1us or more.");
        }

        return latency;
    }
}
