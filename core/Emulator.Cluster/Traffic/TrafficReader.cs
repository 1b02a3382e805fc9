using Emulator.Cluster.Reading;
using Emulator.Core.Documents;
using Emulator.Core.Time;

namespace Emulator.Cluster.Traffic;

/// <summary>Reads a document of <c>apiVersion: emulator.dev/v1alpha1, kind: Traffic</c>, strictly.</summary>
public static class TrafficReader
{
    /// <summary>The most bytes of a request or reply: 16 MiB, less one.</summary>
    public const int BytesMax = (16 << 20) - 1;

    /// <summary>The highest rate: 10,000,000 exchanges a second.</summary>
    public const int RateMax = 10_000_000;

    /// <summary>Reads the document. Null when there were mistakes, which are appended.</summary>
    public static TrafficSpec? Read(ManifestDocument document, List<ManifestError> errors)
    {
        int before = errors.Count;
        var root = new Section(document, "", document.Content, errors, "apiVersion", "kind", "metadata", "spec");
        Section metadata = root.Child("metadata", "name", "labels", "annotations");
        Section spec = root.Child(
            "spec", "from", "to", "rate", "start", "duration", "timeout", "requestBytes", "replyBytes");
        TrafficSource? from = Source(spec);
        TrafficTarget? to = Target(spec);
        SimDuration timeout = spec.Duration("timeout") ?? SimDuration.FromSeconds(5);
        if (timeout == SimDuration.Zero)
        {
            spec.Report("timeout", "0 leaves no time for an answer; write one such as 5s.");
        }

        SimDuration interval = Interval(spec);
        var traffic = new TrafficSpec
        {
            Name = metadata.Text("name") ?? $"{from} to {to}",
            From = from ?? new ExternalSource(null, null),
            To = to ?? new IcmpTarget(default),
            Interval = interval,
            Start = spec.Duration("start") ?? SimDuration.Zero,
            Duration = spec.Duration("duration"),
            Timeout = timeout,
            RequestBytes = (int?)spec.Whole("requestBytes", 0, BytesMax),
            ReplyBytes = (int?)spec.Whole("replyBytes", 0, BytesMax),
        };
        return errors.Count == before ? traffic : null;
    }

    private static TrafficSource? Source(Section spec)
    {
        if (spec.Text("from") is not string text)
        {
            ReportMissing(spec, "from", TrafficSource.Forms);
            return null;
        }

        if (TrafficSource.TryParse(text, out TrafficSource source))
        {
            return source;
        }

        spec.Report("from", $"'{text}' is not a source; write {TrafficSource.Forms}.");
        return null;
    }

    private static TrafficTarget? Target(Section spec)
    {
        if (spec.Text("to") is not string text)
        {
            ReportMissing(spec, "to", TrafficTarget.Forms);
            return null;
        }

        if (TrafficTarget.TryParse(text, out TrafficTarget target))
        {
            return target;
        }

        spec.Report("to", $"'{text}' is not a destination; write {TrafficTarget.Forms}.");
        return null;
    }

    private static void ReportMissing(Section spec, string field, string forms)
    {
        if (spec[field] is null)
        {
            spec.Report(field, $"is missing; write {forms}.");
        }
    }

    private static SimDuration Interval(Section spec)
    {
        // The rate is a decimal number, as 0.5 for one exchange every two seconds; thousandths are exact.
        if (spec["rate"] is not JsonValue value)
        {
            return SimDuration.FromSeconds(1);
        }

        string text = Section.Plain(value) ?? "";
        string number = text.EndsWith("/s", StringComparison.Ordinal) ? text[..^2] : text;
        if (DecimalText.TryScale(number, 1_000, out Int128 thousandths) && thousandths > 0
            && thousandths <= RateMax * 1_000L)
        {
            return new SimDuration(1_000_000_000_000 / (long)thousandths);
        }

        spec.Report("rate", $"{Section.Shown(value)} is not a rate; write exchanges a second, from 0.001 to "
        + $"{RateMax}.");
        return SimDuration.FromSeconds(1);
    }
}
