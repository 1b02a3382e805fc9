using Emulator.Cluster.Manifests;
using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Cluster.Building;

/// <summary>
/// Asks an API server that is thrown away afterwards whether it would take each object, so that all refusals are known
/// before
/// anything is applied.
/// </summary>
internal static class AdmissionCheck
{
    /// <summary>Appends what the API server says against each object, at the field's line. Of several objects from one
    /// document the first that is refused speaks for all.</summary>
    public static void Check(ApiServerOptions options, IReadOnlyList<InputObject> objects, List<ManifestError> errors)
    {
        var machine = new MachineRef("admission-check", "");
        var client = new ActorRef("admission-check", "", machine);
        var server = new KubeApiServer(new ActorRef("api-server", "", machine), client, options);
        var outbox = new Outbox();
        server.OnStart(outbox);
        var session = new ApiSession(StableHash.Of("admission-check"), 1);
        var refused = new HashSet<ManifestDocument>();
        long id = 0;
        foreach (InputObject input in objects)
        {
            outbox.Clear();
            outbox.Journal.Clear();
            server.Receive(
                new SessionSegment(client, server.Self, 1, new CreateRequest(session, ++id, input.Object)), 0, outbox);
            foreach (Outgoing outgoing in outbox.Sent)
            {
                if (outgoing.Message is SessionSegment { Content: ApiResponse { Error: ApiStatus error } response }
                    && response.Id == id && !IsKnownNamespace(input.Object, error) && refused.Add(input.Document))
                {
                    Report(input, error, errors);
                }
            }
        }
    }

    /// <summary>default, kube-system and the like are there already; a manifest that names them too changes
    /// nothing.</summary>
    private static bool IsKnownNamespace(ApiObject written, ApiStatus error) =>
        error.IsAlreadyExists && written.Type == ResourceTypes.Namespaces;

    private static void Report(InputObject input, ApiStatus error, List<ManifestError> errors)
    {
        string name = $"{input.Object.Type.Kind} {input.Object.Key}";
        if (error.Causes.Count == 0)
        {
            string cure = error.IsNotFound && error.Type == ResourceTypes.Namespaces ? " Add a Namespace document."
            : "";
            errors.Add(input.Document.Error("", $"{name} is refused: {error.Message}.{cure}"));
        }

        foreach (StatusCause cause in error.Causes)
        {
            errors.Add(input.Document.Error(cause.Field, $"{name} is refused: {cause.Message}."));
        }
    }
}
