using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Tests.Controllers;

/// <summary>Reads what this folder's Facts say.</summary>
internal static class ControllerFacts
{
    public static ApiObject Object(ResourceType type, JsonValue? json) =>
        new(type, json as JsonObject ?? JsonObject.Empty);

    public static int Int(JsonValue @case, string member) => (int)(@case[member]?.AsInt64
        ?? throw new InvalidOperationException($"{@case["name"]}: no {member}"));

    public static bool Bool(JsonValue @case, string member) => @case[member]?.AsBool
        ?? throw new InvalidOperationException($"{@case["name"]}: no {member}");
}
