using Emulator.Core.Canonical;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Canonical;

/// <summary>What clients and the API server tell each other, in the canonical encoding.</summary>
public static class ApiMessageCodec
{
    private enum Tag : byte
    {
        Response, Closed, Events, Ping, Create, Get, List, Update, Patch, Delete, Bind, Watch, WatchStop,
    }

    /// <summary>Writes a message.</summary>
    public static void Write(CanonicalWriter writer, ApiMessage message)
    {
        Tag tag = TagOf(message);
        writer.Byte((byte)tag);
        writer.Fixed64(message.Session.Client);
        writer.Varint((ulong)message.Session.Epoch);
        switch (message)
        {
            case ApiResponse response:
                WriteResponse(writer, response);
                break;
            case SessionClosed:
                break;
            case WatchEvents events:
                WriteEvents(writer, events);
                break;
            case ClientMessage request:
                writer.Varint((ulong)request.Id);
                WriteRequest(writer, request);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(message.GetType().Name);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static ApiMessage Read(CanonicalReader reader)
    {
        var tag = (Tag)reader.Byte();
        var session = new ApiSession(reader.Fixed64(), reader.Int32());
        return tag switch
        {
            Tag.Response => ReadResponse(reader, session),
            Tag.Closed => new SessionClosed(session),
            Tag.Events => ReadEvents(reader, session),
            _ => ReadRequest(reader, tag, session, (long)reader.Varint()),
        };
    }

    private static Tag TagOf(ApiMessage message) => message switch
    {
        ApiResponse => Tag.Response,
        SessionClosed => Tag.Closed,
        WatchEvents => Tag.Events,
        SessionPing => Tag.Ping,
        CreateRequest => Tag.Create,
        GetRequest => Tag.Get,
        ListRequest => Tag.List,
        UpdateRequest => Tag.Update,
        PatchRequest => Tag.Patch,
        DeleteRequest => Tag.Delete,
        BindRequest => Tag.Bind,
        WatchRequest => Tag.Watch,
        WatchStop => Tag.WatchStop,
        _ => throw new System.Diagnostics.UnreachableException(message.GetType().Name),
    };

    private static void WriteResponse(CanonicalWriter writer, ApiResponse response)
    {
        writer.Varint((ulong)response.Id);
        ObjectCodec.Write(writer, response.Error);
        ObjectCodec.Write(writer, response.Object);
        writer.Shared(response.Items, static (to, items) =>
        {
            to.Varint((ulong)items.Count);
            foreach (ApiObject item in items)
            {
                ObjectCodec.Write(to, item);
            }
        });
        writer.Varint((ulong)response.ResourceVersion.Value);
        writer.Varint((ulong)response.ItemsBytes);
    }

    private static ApiResponse ReadResponse(CanonicalReader reader, ApiSession session) =>
        new(session, (long)reader.Varint())
        {
            Error = ObjectCodec.ReadStatus(reader),
            Object = ObjectCodec.ReadObject(reader),
            Items = reader.Shared(ReadItems) ?? throw reader.Malformed("a list is missing"),
            ResourceVersion = new ResourceVersion((long)reader.Varint()),
            ItemsBytes = reader.Int32(),
        };

    private static IReadOnlyList<ApiObject> ReadItems(CanonicalReader reader)
    {
        int count = reader.Count();
        if (count == 0)
        {
            return [];
        }

        var items = new ApiObject[count];
        for (int i = 0; i < count; i++)
        {
            items[i] = ObjectCodec.RequireObject(reader);
        }

        return items;
    }

    private static void WriteEvents(CanonicalWriter writer, WatchEvents events)
    {
        writer.Varint((ulong)events.Sequence);
        writer.Varint((ulong)events.Batches.Count);
        foreach (WatchBatch batch in events.Batches)
        {
            writer.Varint((ulong)batch.WatchId);
            writer.Shared(batch.Events, static (to, list) =>
            {
                to.Varint((ulong)list.Count);
                foreach (WatchEvent one in list)
                {
                    to.Shared(one, WriteEvent);
                }
            });
            writer.Varint((ulong)batch.EventsBytes);
        }
    }

    private static WatchEvents ReadEvents(CanonicalReader reader, ApiSession session)
    {
        long sequence = (long)reader.Varint();
        var batches = new WatchBatch[reader.Count()];
        for (int i = 0; i < batches.Length; i++)
        {
            batches[i] = new WatchBatch(
                (long)reader.Varint(),
                reader.Shared(ReadEventList) ?? throw reader.Malformed("a list of events is missing"),
                reader.Int32());
        }

        return new WatchEvents(session, sequence, batches);
    }

    private static IReadOnlyList<WatchEvent> ReadEventList(CanonicalReader reader)
    {
        var list = new WatchEvent[reader.Count()];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = reader.Shared(ReadEvent) ?? throw reader.Malformed("an event is missing");
        }

        return list;
    }

    private static void WriteEvent(CanonicalWriter writer, WatchEvent value)
    {
        writer.Byte((byte)value.Type);
        ObjectCodec.Write(writer, value.Object);
        writer.Varint((ulong)value.ResourceVersion.Value);
    }

    private static WatchEvent ReadEvent(CanonicalReader reader) => new(
        (WatchEventType)reader.Byte(), ObjectCodec.ReadObject(reader), new ResourceVersion((long)reader.Varint()));

    private static void WriteRequest(CanonicalWriter writer, ClientMessage message)
    {
        switch (message)
        {
            case SessionPing:
                return;
            case CreateRequest create:
                ObjectCodec.Write(writer, create.Object);
                return;
            case UpdateRequest update:
                ObjectCodec.Write(writer, update.Object);
                writer.Bool(update.Status);
                return;
            case BindRequest bind:
                ObjectCodec.Write(writer, bind.Key);
                writer.Name(bind.Uid);
                writer.Name(bind.NodeName);
                return;
            case ApiRequest request:
                ObjectCodec.Write(writer, request.Type);
                WriteTyped(writer, request);
                return;
            default:
                throw new System.Diagnostics.UnreachableException(message.GetType().Name);
        }
    }

    private static void WriteTyped(CanonicalWriter writer, ApiRequest request)
    {
        switch (request)
        {
            case GetRequest get:
                ObjectCodec.Write(writer, get.Key);
                break;
            case ListRequest list:
                ObjectCodec.Write(writer, list.Scope);
                break;
            case PatchRequest patch:
                ObjectCodec.Write(writer, patch.Key);
                writer.Byte((byte)patch.PatchType);
                JsonCodec.Write(writer, patch.Patch);
                writer.Bool(patch.Status);
                break;
            case DeleteRequest delete:
                ObjectCodec.Write(writer, delete.Key);
                writer.Bool(delete.GracePeriodSeconds is not null);
                writer.Signed(delete.GracePeriodSeconds ?? 0);
                writer.OptionalName(delete.Uid);
                writer.Byte((byte)delete.Propagation);
                break;
            case WatchRequest watch:
                ObjectCodec.Write(writer, watch.Scope);
                writer.Varint((ulong)watch.After.Value);
                break;
            case WatchStop stop:
                writer.Varint((ulong)stop.WatchId);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(request.GetType().Name);
        }
    }

    private static ApiMessage ReadRequest(CanonicalReader reader, Tag tag, ApiSession session, long id)
    {
        switch (tag)
        {
            case Tag.Ping:
                return new SessionPing(session, id);
            case Tag.Create:
                return new CreateRequest(session, id, ObjectCodec.RequireObject(reader));
            case Tag.Update:
                return new UpdateRequest(session, id, ObjectCodec.RequireObject(reader), reader.Bool());
            case Tag.Bind:
                return new BindRequest(session, id, ObjectCodec.ReadKey(reader), reader.Name(), reader.Name());
        }

        ResourceType type = ObjectCodec.ReadType(reader);
        return tag switch
        {
            Tag.Get => new GetRequest(session, id, type, ObjectCodec.ReadKey(reader)),
            Tag.List => new ListRequest(session, id, type, ObjectCodec.ReadScope(reader)),
            Tag.Patch => new PatchRequest(
                session, id, type, ObjectCodec.ReadKey(reader), (PatchType)reader.Byte(), JsonCodec.Read(reader),
                reader.Bool()),
            Tag.Delete => ReadDelete(reader, session, id, type),
            Tag.Watch => new WatchRequest(
                session, id, type, ObjectCodec.ReadScope(reader), new ResourceVersion((long)reader.Varint())),
            Tag.WatchStop => new WatchStop(session, id, type, (long)reader.Varint()),
            _ => throw reader.Malformed($"{(byte)tag} is no kind of API message"),
        };
    }

    private static DeleteRequest ReadDelete(CanonicalReader reader, ApiSession session, long id, ResourceType type)
    {
        ObjectKey key = ObjectCodec.ReadKey(reader);
        bool hasGrace = reader.Bool();
        long grace = reader.Signed();
        return new DeleteRequest(
            session, id, type, key, hasGrace ? grace : null, reader.OptionalName(), (DeletePropagation)reader.Byte());
    }
}
