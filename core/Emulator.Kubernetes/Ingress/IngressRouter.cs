using Emulator.Kubernetes.Api;

namespace Emulator.Kubernetes.Ingress;

/// <summary>Where a request goes.</summary>
/// <param name="Namespace">The Service's namespace: its Ingress' own.</param>
/// <param name="Backend">The Service and port.</param>
/// <param name="Path">The path that took the request; null where a default backend did.</param>
public sealed record IngressRoute(string Namespace, IngressBackend Backend, IngressPath? Path);

/// <summary>Chooses where requests go, by host and path. Immutable: made anew when an Ingress changes.</summary>
/// <remarks>
/// Source: Kubernetes' Ingress documentation (path types, wildcard hosts, precedence) and ingress-nginx for what it
/// leaves open. The host that names the request exactly goes before a wildcard, a wildcard before rules without a host,
/// and the first of them that has any rule decides alone. Among its paths Exact goes before Prefix, a longer path
/// before a shorter one, an older Ingress before a newer (then by namespace and name). ImplementationSpecific means
/// Prefix. A request that no path takes goes to the first default backend, else nowhere. Left out: TLS, regular
/// expressions, resource backends, rewrites and other annotations.
/// </remarks>
public sealed class IngressRouter
{
    private readonly Dictionary<string, List<Candidate>> _byHost = new(StringComparer.OrdinalIgnoreCase);
    private readonly IngressRoute? _default;

    /// <summary>A router for Ingresses, those of other classes already left out.</summary>
    public IngressRouter(IEnumerable<IngressView> ingresses)
    {
        IEnumerable<IngressView> ordered = ingresses
            .OrderBy(i => i.Object.CreationTimestamp ?? "", StringComparer.Ordinal)
            .ThenBy(i => i.Object.Key);
        foreach (IngressView ingress in ordered)
        {
            foreach (IngressPath path in ingress.Paths)
            {
                if (!_byHost.TryGetValue(path.Host, out List<Candidate>? candidates))
                {
                    _byHost.Add(path.Host, candidates = []);
                }

                candidates.Add(new Candidate(ingress.Object.Namespace, path));
            }

            if (_default is null && ingress.DefaultBackend is IngressBackend backend)
            {
                _default = new IngressRoute(ingress.Object.Namespace, backend, null);
            }
        }

        foreach (string host in _byHost.Keys.ToArray())
        {
            // OrderBy is stable: ties keep the order of the Ingresses.
            _byHost[host] = [.. _byHost[host].OrderByDescending(c => c.IsExact).ThenByDescending(c => c.Elements.Length)
                .ThenByDescending(c => c.Path.Path.Length)];
        }
    }

    /// <summary>Where a request goes; null is nowhere (404).</summary>
    /// <param name="host">The Host header without its port.</param>
    /// <param name="path">The path without its query.</param>
    public IngressRoute? Find(string host, string path)
    {
        List<Candidate>? candidates = Candidates(host);
        if (candidates is not null)
        {
            string[] elements = Elements(path);
            foreach (Candidate candidate in candidates)
            {
                if (candidate.Takes(path, elements))
                {
                    return new IngressRoute(candidate.Namespace, candidate.Path.Backend, candidate.Path);
                }
            }
        }

        return _default;
    }

    private List<Candidate>? Candidates(string host)
    {
        if (host.Length > 0 && _byHost.TryGetValue(host, out List<Candidate>? exact))
        {
            return exact;
        }

        // A wildcard stands for one label: *.foo.com takes bar.foo.com and not baz.bar.foo.com.
        int dot = host.IndexOf('.');
        if (dot > 0 && _byHost.TryGetValue("*" + host[dot..], out List<Candidate>? wildcard))
        {
            return wildcard;
        }

        return _byHost.GetValueOrDefault("");
    }

    private static string[] Elements(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private sealed class Candidate(string @namespace, IngressPath path)
    {
        public string Namespace => @namespace;

        public IngressPath Path => path;

        public bool IsExact => path.PathType == "Exact";

        public string[] Elements { get; } = IngressRouter.Elements(path.Path);

        public bool Takes(string requestPath, string[] requestElements) => IsExact
            ? requestPath == path.Path
            : requestElements.AsSpan().StartsWith(Elements);
    }
}
