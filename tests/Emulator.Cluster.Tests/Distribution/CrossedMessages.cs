using Emulator.Cluster.Canonical;
using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Core.Packets;

namespace Emulator.Cluster.Tests.Distribution;

/// <summary>The real codec, which also remembers what kinds of thing it wrote.</summary>
internal sealed class CrossedMessages : IMessageCodec
{
    private readonly MessageCodec _codec = new();
    private readonly SortedSet<string> _kinds = new(StringComparer.Ordinal);

    public int Version => _codec.Version;

    public IReadOnlyCollection<string> Kinds => _kinds;

    public void Write(CanonicalWriter writer, Message message)
    {
        _kinds.Add(message switch
        {
            EthernetFrame { Payload: IPv4Packet { Payload: var payload } } => Inner(payload).GetType().Name,
            EthernetFrame frame => frame.Payload.GetType().Name,
            SessionSegment segment => segment.Content.GetType().Name,
            _ => message.GetType().Name,
        });
        _codec.Write(writer, message);
    }

    public Message Read(CanonicalReader reader) => _codec.Read(reader);

    public bool KnowsSubject(object subject) => _codec.KnowsSubject(subject);

    public void WriteSubject(CanonicalWriter writer, object subject) => _codec.WriteSubject(writer, subject);

    public object ReadSubject(CanonicalReader reader) => _codec.ReadSubject(reader);

    private static TransportPayload Inner(TransportPayload payload) =>
        payload is UdpDatagram { Data: VxlanPayload { Frame.Payload: IPv4Packet inner } } ? inner.Payload : payload;
}
