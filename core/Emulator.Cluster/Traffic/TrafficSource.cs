using Emulator.Core.Addresses;

namespace Emulator.Cluster.Traffic;

/// <summary>Who starts an exchange: <see cref="PodSource"/>, <see cref="DeploymentSource"/>, <see cref="NodeSource"/>
/// or
/// <see cref="ExternalSource"/>.</summary>
public abstract record TrafficSource
{
    private protected TrafficSource()
    {
    }

    /// <summary>The forms, for messages and help.</summary>
    public const string Forms = "pod/NAMESPACE/NAME, deploy/NAMESPACE/NAME, node/NAME, external, external:NAME or "
        + "external:IP";

    /// <summary>Reads one of <see cref="Forms"/>.</summary>
    public static bool TryParse(string text, out TrafficSource source)
    {
        string[] parts = text.Split('/');
        TrafficSource? read = parts switch
        {
            ["pod", { Length: > 0 } space, { Length: > 0 } name] => new PodSource(space, name),
            ["deploy" or "deployment", { Length: > 0 } space, { Length: > 0 } name] =>
            new DeploymentSource(space, name),
            ["node", { Length: > 0 } name] => new NodeSource(name),
            ["external"] => new ExternalSource(null, null),
            [string host] when host.StartsWith("external:", StringComparison.Ordinal) && host.Length > 9 =>
                IPv4Address.TryParse(host.AsSpan(9), out IPv4Address address)
                    ? new ExternalSource(null, address) : new ExternalSource(host[9..], null),
            _ => null,
        };
        source = read ?? new ExternalSource(null, null);
        return read is not null;
    }
}

/// <summary>A pod.</summary>
public sealed record PodSource(string Namespace, string Name) : TrafficSource
{
    /// <inheritdoc/>
    public override string ToString() => $"pod/{Namespace}/{Name}";
}

/// <summary>A Deployment's pods in turn, by name; a single exchange starts at the first.</summary>
public sealed record DeploymentSource(string Namespace, string Name) : TrafficSource
{
    /// <inheritdoc/>
    public override string ToString() => $"deploy/{Namespace}/{Name}";
}

/// <summary>A process of the node itself.</summary>
public sealed record NodeSource(string Name) : TrafficSource
{
    /// <inheritdoc/>
    public override string ToString() => $"node/{Name}";
}

/// <summary>A host outside: the one of a name, the one that has an address (and sends from it), or the first.</summary>
/// <param name="Name">Its name; null when it was not given.</param>
/// <param name="Address">Its address; null when it was not given.</param>
public sealed record ExternalSource(string? Name, IPv4Address? Address) : TrafficSource
{
    /// <inheritdoc/>
    public override string ToString() =>
        Name is not null ? $"external:{Name}" : Address is IPv4Address address ? $"external:{address}" : "external";
}
