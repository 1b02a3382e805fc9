using Emulator.Core.Canonical;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Canonical;

/// <summary>API objects and what names them, in the canonical encoding.</summary>
internal static class ObjectCodec
{
    public static void Write(CanonicalWriter writer, ResourceType type)
    {
        writer.Name(type.Group);
        writer.Name(type.Plural);
    }

    public static ResourceType ReadType(CanonicalReader reader)
    {
        string group = reader.Name();
        string plural = reader.Name();
        return ResourceTypes.TryFindPlural(group, plural, out ResourceType? type)
            ? type : throw reader.Malformed($"{plural}.{group} is no type that the API serves");
    }

    /// <summary>An object, written once a batch however many messages hold it.</summary>
    public static void Write(CanonicalWriter writer, ApiObject? value) => writer.Shared(value, static (to, its) =>
    {
        Write(to, its.Type);
        JsonCodec.Write(to, its.Json);
    });

    public static ApiObject? ReadObject(CanonicalReader reader) => reader.Shared(static from =>
    {
        ResourceType type = ReadType(from);
        return new ApiObject(
            type, JsonCodec.Read(from) as JsonObject ?? throw from.Malformed("an API object is no JSON object"));
    });

    public static ApiObject RequireObject(CanonicalReader reader) =>
        ReadObject(reader) ?? throw reader.Malformed("an API object is missing");

    public static void Write(CanonicalWriter writer, ObjectKey key)
    {
        writer.Name(key.Namespace);
        writer.Name(key.Name);
    }

    public static ObjectKey ReadKey(CanonicalReader reader)
    {
        string @namespace = reader.Name();
        return new ObjectKey(@namespace, reader.Name());
    }

    public static void Write(CanonicalWriter writer, ListScope scope)
    {
        writer.OptionalName(scope.Namespace);
        LabelSelector labels = scope.Labels;
        writer.Bool(labels.Requirements.Count == 0 && !labels.IsEverything);
        writer.Varint((ulong)labels.Requirements.Count);
        foreach (LabelRequirement requirement in labels.Requirements)
        {
            writer.Name(requirement.Key);
            writer.Byte((byte)requirement.Operator);
            writer.Varint((ulong)requirement.Values.Count);
            foreach (string value in requirement.Values)
            {
                writer.Name(value);
            }
        }

        writer.Name(scope.Fields.ToString());
    }

    public static ListScope ReadScope(CanonicalReader reader)
    {
        string? @namespace = reader.OptionalName();
        bool nothing = reader.Bool();
        var requirements = new LabelRequirement[reader.Count()];
        for (int i = 0; i < requirements.Length; i++)
        {
            string key = reader.Name();
            var @operator = (SelectorOperator)reader.Byte();
            var values = new string[reader.Count()];
            for (int v = 0; v < values.Length; v++)
            {
                values[v] = reader.Name();
            }

            requirements[i] = new LabelRequirement(key, @operator, values);
        }

        LabelSelector labels = nothing ? LabelSelector.Nothing
            : requirements.Length == 0 ? LabelSelector.Everything : LabelSelector.Of(requirements);
        string fields = reader.Name();
        return new ListScope(
            @namespace, labels, fields.Length == 0 ? FieldSelector.Everything : FieldSelector.Parse(fields));
    }

    public static void Write(CanonicalWriter writer, ApiStatus? status)
    {
        writer.Bool(status is not null);
        if (status is null)
        {
            return;
        }

        writer.Varint((ulong)status.Code);
        writer.Name(status.Reason);
        writer.String(status.Message);
        writer.Name(status.Name);
        writer.Bool(status.Type is not null);
        if (status.Type is ResourceType type)
        {
            Write(writer, type);
        }

        writer.Varint((ulong)status.Causes.Count);
        foreach (StatusCause cause in status.Causes)
        {
            writer.Name(cause.Reason);
            writer.Name(cause.Field);
            writer.String(cause.Message);
        }
    }

    public static ApiStatus? ReadStatus(CanonicalReader reader)
    {
        if (!reader.Bool())
        {
            return null;
        }

        int code = reader.Int32();
        string reason = reader.Name();
        string message = reader.String();
        string name = reader.Name();
        ResourceType? type = reader.Bool() ? ReadType(reader) : null;
        StatusCause[] causes = new StatusCause[reader.Count()];
        for (int i = 0; i < causes.Length; i++)
        {
            causes[i] = new StatusCause(reader.Name(), reader.Name(), reader.String());
        }

        return new ApiStatus(code, reason, message) { Name = name, Type = type, Causes = causes };
    }
}
