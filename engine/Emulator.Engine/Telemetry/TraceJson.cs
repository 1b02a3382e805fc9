using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Emulator.Core.Documents;
using Emulator.Core.Journal;

namespace Emulator.Engine.Telemetry;

/// <summary>A <see cref="TraceReport"/> as JSON: <c>emulator trace -o json</c>.</summary>
/// <remarks>
/// Fields that a packet does not have are left out (<c>flags</c> and <c>opts</c> but for TCP, <c>icmp</c>, <c>arp</c>,
/// <c>outer</c>). A branch's probability is an exact fraction as text: <c>1/3</c>, or <c>1</c>. Ids are sixteen
/// hexadecimal digits, since JSON's numbers do not hold 64 bits everywhere.
/// </remarks>
public static class TraceJson
{
    /// <summary>The report as JSON text.</summary>
    public static string Write(TraceReport report, bool indented = true)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = indented,
        };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            Write(report, json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(TraceReport report, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("seed", report.Seed);
        json.WriteString("digest", report.Digest);
        json.WriteString("verdict", report.Verdict.ToString().ToLowerInvariant());
        json.WriteString("reason", report.Reason == DropReason.None ? null : report.Reason.ToString());
        json.WriteString("rule", report.Rule);
        json.WritePropertyName("app");
        WriteApp(report.App, json);
        json.WriteStartArray("hops");
        foreach (TraceHop hop in report.Hops)
        {
            WriteHop(hop, json);
        }

        json.WriteEndArray();
        json.WriteStartArray("branches");
        foreach (TraceBranch branch in report.Branches)
        {
            json.WriteStartObject();
            json.WriteString("endpoint", branch.Endpoint);
            json.WriteString("probability", branch.ProbabilityText);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteApp(object? app, Utf8JsonWriter json)
    {
        switch (app)
        {
            case null:
                json.WriteNullValue();
                break;
            case JsonValue value:
                JsonText.Write(value, json);
                break;
            case IDescribed described:
                json.WriteStringValue(described.Describe());
                break;
            default:
                json.WriteStringValue(app.ToString());
                break;
        }
    }

    private static void WriteHop(TraceHop hop, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("seq", hop.Sequence);
        json.WriteNumber("timeNs", hop.TimeNanoseconds);
        json.WriteString("actor", hop.Actor);
        json.WriteString("node", hop.Interface.Node);
        json.WriteString("netns", hop.Interface.Netns);
        json.WriteString("interface", hop.Interface.Name);
        json.WriteString("direction", hop.Direction == Direction.In ? "in" : "out");
        json.WriteBoolean("reply", hop.IsReply);
        json.WriteStartObject("packet");
        WritePacket(hop.Packet, json);
        json.WriteEndObject();
        json.WriteString("action", hop.Action.ToString());
        json.WriteStartArray("decisions");
        foreach (TraceDecision decision in hop.Decisions)
        {
            WriteDecision(decision, json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePacket(HopPacket packet, Utf8JsonWriter json)
    {
        json.WriteString("id", Hex(packet.Identity.Packet));
        json.WriteString("flow", Hex(packet.Identity.Flow));
        json.WriteString("proto", packet.Protocol);
        json.WriteString("src", packet.SourceText);
        json.WriteString("dst", packet.DestinationText);
        json.WriteString("smac", packet.SourceMac.ToString());
        json.WriteString("dmac", packet.DestinationMac.ToString());
        if (packet.Header is { } header)
        {
            json.WriteNumber("ttl", header.TimeToLive);
        }

        json.WriteNumber("length", packet.Length);
        if (packet.PayloadLength is int payloadLength)
        {
            json.WriteNumber("plen", payloadLength);
        }

        if (packet.Header is { } flags)
        {
            json.WriteBoolean("df", flags.DontFragment);
            json.WriteBoolean("mf", flags.MoreFragments);
            json.WriteNumber("fragoff", flags.FragmentOffset);
        }

        if (packet.Tcp is { } tcp)
        {
            json.WriteString("flags", HopPacket.Letters(tcp.Flags));
            json.WriteStartArray("opts");
            foreach (string word in HopPacket.Words(tcp.Options))
            {
                json.WriteStringValue(word);
            }

            json.WriteEndArray();
        }

        if (packet.Arp is not null)
        {
            json.WriteString("arp", packet.Arp);
        }

        WriteIcmp(packet.Icmp, json);
        WriteOuter(packet.Outer, json);
    }

    private static void WriteIcmp(HopIcmp? icmp, Utf8JsonWriter json)
    {
        if (icmp is null)
        {
            return;
        }

        json.WriteStartObject("icmp");
        json.WriteNumber("type", icmp.Type);
        json.WriteNumber("code", icmp.Code);
        if (icmp.Mtu is int mtu)
        {
            json.WriteNumber("mtu", mtu);
        }

        if (icmp.Quoted is { } quoted)
        {
            json.WriteStartObject("quoted");
            json.WriteString("src", quoted.Source.ToString());
            json.WriteString("dst", quoted.Destination.ToString());
            if (quoted.Ports is (ushort source, ushort destination))
            {
                json.WriteNumber("sport", source);
                json.WriteNumber("dport", destination);
            }

            json.WriteNumber("ttl", quoted.TimeToLive);
            json.WriteNumber("len", quoted.Length);
            json.WriteString("proto", quoted.Protocol);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteOuter(HopOuter? outer, Utf8JsonWriter json)
    {
        if (outer is null)
        {
            return;
        }

        json.WriteStartObject("outer");
        json.WriteString("smac", outer.SourceMac.ToString());
        json.WriteString("dmac", outer.DestinationMac.ToString());
        json.WriteString("src", outer.Source.Address.ToString());
        json.WriteString("dst", outer.Destination.Address.ToString());
        json.WriteNumber("sport", outer.Source.Port);
        json.WriteNumber("dport", outer.Destination.Port);
        json.WriteNumber("ttl", outer.TimeToLive);
        json.WriteNumber("length", outer.Length);
        json.WriteNumber("vni", outer.Vni);
        json.WriteEndObject();
    }

    private static void WriteDecision(TraceDecision decision, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kind", decision.Kind);
        json.WriteString("text", decision.Text);
        if (decision.Hook is not null)
        {
            json.WriteString("hook", decision.Hook);
        }

        if (decision.After is not null)
        {
            json.WriteString("before", decision.Before);
            json.WriteString("after", decision.After);
        }

        if (decision.Figures is (long first, long second))
        {
            bool isQueue = decision.Kind == "queue";
            json.WriteNumber(isQueue ? "queueNs" : "drawn", first);
            json.WriteNumber(isQueue ? "transmitNs" : "outOf", second);
        }

        if (decision.Reason != DropReason.None)
        {
            json.WriteString("reason", decision.Reason.ToString());
        }

        json.WriteEndObject();
    }

    private static string Hex(ulong id) => id.ToString("x16", CultureInfo.InvariantCulture);
}
