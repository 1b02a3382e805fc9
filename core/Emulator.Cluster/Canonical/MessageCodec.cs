using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Core.Packets;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.Canonical;
using Emulator.Linux.Canonical;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;
using Emulator.Underlay;

namespace Emulator.Cluster.Canonical;

/// <summary>Every message that crosses machines or comes from outside. Each family's codec stands beside its
/// types.</summary>
/// <remarks>Tags are never used again for something else; a change of what a tag means raises the version.</remarks>
public sealed class MessageCodec : IMessageCodec
{
    private const byte FrameTag = 1;
    private const byte SegmentTag = 2;
    private const byte ApiTag = 3;
    private const byte NetlinkTag = 4;
    private const byte WireTag = 5;
    private const byte RunExchangeTag = 6;
    private const byte ExchangeCompletedTag = 7;
    private const byte ResultSubject = 1;
    private const byte RequestSubject = 2;

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public void Write(CanonicalWriter writer, Message message)
    {
        switch (message)
        {
            case EthernetFrame frame:
                writer.Byte(FrameTag);
                FrameCodec.Write(writer, frame);
                break;
            case SessionSegment segment:
                writer.Byte(SegmentTag);
                writer.Actor(segment.From);
                writer.Actor(segment.To);
                writer.Varint((ulong)segment.LengthBytes);
                Write(writer, segment.Content);
                break;
            case ApiMessage api:
                writer.Byte(ApiTag);
                ApiMessageCodec.Write(writer, api);
                break;
            case NetlinkMessage netlink:
                writer.Byte(NetlinkTag);
                NetlinkCodec.Write(writer, netlink);
                break;
            case ChangeWire change:
                writer.Byte(WireTag);
                WireCodec.Write(writer, change);
                break;
            case RunExchange run:
                writer.Byte(RunExchangeTag);
                ExchangeCodec.Write(writer, run.Request);
                writer.Bool(run.ReplyTo is not null);
                if (run.ReplyTo is ActorRef replyTo)
                {
                    writer.Actor(replyTo);
                }

                writer.Signed(run.Token);
                break;
            case ExchangeCompleted completed:
                writer.Byte(ExchangeCompletedTag);
                writer.Signed(completed.Token);
                ExchangeCodec.Write(writer, completed.Result);
                break;
            default:
                throw new NotSupportedException($"{message.GetType().Name} never leaves its machine.");
        }
    }

    /// <inheritdoc/>
    public Message Read(CanonicalReader reader) => reader.Byte() switch
    {
        FrameTag => FrameCodec.ReadFrame(reader),
        SegmentTag => new SessionSegment(reader.Actor(), reader.Actor(), reader.Int32(), reader.Nested(Read)),
        ApiTag => ApiMessageCodec.Read(reader),
        NetlinkTag => NetlinkCodec.Read(reader),
        WireTag => WireCodec.Read(reader),
        RunExchangeTag => new RunExchange(
            ExchangeCodec.ReadRequest(reader), reader.Bool() ? reader.Actor() : null, reader.Signed()),
        ExchangeCompletedTag => new ExchangeCompleted(reader.Signed(), ExchangeCodec.ReadResult(reader)),
        byte other => throw reader.Malformed($"{other} is no kind of message"),
    };

    /// <inheritdoc/>
    public bool KnowsSubject(object subject) => subject is ExchangeResult or ExchangeRequest;

    /// <inheritdoc/>
    public void WriteSubject(CanonicalWriter writer, object subject)
    {
        switch (subject)
        {
            case ExchangeResult result:
                writer.Byte(ResultSubject);
                ExchangeCodec.Write(writer, result);
                break;
            case ExchangeRequest request:
                writer.Byte(RequestSubject);
                ExchangeCodec.Write(writer, request);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(subject.GetType().Name);
        }
    }

    /// <inheritdoc/>
    public object ReadSubject(CanonicalReader reader) => reader.Byte() switch
    {
        ResultSubject => ExchangeCodec.ReadResult(reader),
        RequestSubject => ExchangeCodec.ReadRequest(reader),
        byte other => throw reader.Malformed($"{other} is no kind of subject"),
    };
}
