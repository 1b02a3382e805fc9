using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Api;

/// <summary>Where an Ingress sends requests: a Service and its port.</summary>
/// <param name="ServiceName">The Service, in the Ingress's namespace.</param>
/// <param name="PortNumber">The Service's port; 0 when it is named.</param>
/// <param name="PortName">The name of the Service's port; empty when it is numbered.</param>
public sealed record IngressBackend(string ServiceName, int PortNumber, string PortName)
{
    internal static IngressBackend? From(JsonValue? json) => json?["service"] is { } service
        ? new IngressBackend(
            service["name"]?.AsString ?? "", (int)(service.At("port", "number")?.AsInt64 ?? 0),
            service.At("port", "name")?.AsString ?? "")
        : null;
}

/// <summary>One path of a rule.</summary>
/// <param name="Host">The host; empty is every host; may begin with <c>*.</c>.</param>
/// <param name="Path">The path; <c>/</c> when missing.</param>
/// <param name="PathType"><c>Exact</c>, <c>Prefix</c> or <c>ImplementationSpecific</c>.</param>
/// <param name="Backend">Where requests go.</param>
public sealed record IngressPath(string Host, string Path, string PathType, IngressBackend Backend);

/// <summary>An Ingress, read. Made once per version with <see cref="Of"/> and kept with the object.</summary>
public sealed class IngressView
{
    private IngressView(ApiObject @object)
    {
        Object = @object;
        DefaultBackend = IngressBackend.From(@object.Spec.Find("defaultBackend"));
        var paths = new List<IngressPath>();
        foreach (JsonValue rule in @object.Spec.Find("rules")?.Items ?? [])
        {
            foreach (JsonValue path in rule.At("http", "paths")?.Items ?? [])
            {
                if (IngressBackend.From(path["backend"]) is { } backend)
                {
                    paths.Add(new IngressPath(
                        rule["host"]?.AsString ?? "", path["path"]?.AsString ?? "/",
                        path["pathType"]?.AsString ?? "ImplementationSpecific", backend));
                }
            }
        }

        Paths = paths;
    }

    /// <summary>The object.</summary>
    public ApiObject Object { get; }

    /// <summary>
    /// The class; the old annotation counts where <c>ingressClassName</c> is missing; empty when neither is there.
    /// </summary>
    public string ClassName => Object.Spec.Find("ingressClassName")?.AsString
        ?? Object.Annotations["kubernetes.io/ingress.class"] ?? "";

    /// <summary>Where requests go that no path takes, or null.</summary>
    public IngressBackend? DefaultBackend { get; }

    /// <summary>All paths of all rules, in the order they were written.</summary>
    public IReadOnlyList<IngressPath> Paths { get; }

    /// <summary>The view of an Ingress.</summary>
    public static IngressView Of(ApiObject ingress) => ingress.View(static i => new IngressView(i));
}
