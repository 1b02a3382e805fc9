using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>The faults of the ports that a container declares.</summary>
/// <remarks>Source: validateContainerPorts of Kubernetes.</remarks>
internal static class ContainerPortRules
{
    private const int PortMax = 65_535;

    public static void Validate(string field, IReadOnlyList<JsonValue> ports, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < ports.Count; i++)
        {
            string path = $"{field}[{i}]";
            string? name = ports[i]["name"]?.AsString;
            if (!string.IsNullOrEmpty(name))
            {
                errors.Check($"{path}.name", name, PortNameProblem(name));
                if (!names.Add(name))
                {
                    errors.Duplicate($"{path}.name", name);
                }
            }

            if (ports[i]["containerPort"] is null or JsonNull)
            {
                errors.Required($"{path}.containerPort");
            }
            else
            {
                CheckPort($"{path}.containerPort", ports[i]["containerPort"], errors);
            }

            if (ports[i]["hostPort"]?.AsInt64 is not (null or 0))
            {
                CheckPort($"{path}.hostPort", ports[i]["hostPort"], errors);
            }

            CheckProtocol($"{path}.protocol", ports[i]["protocol"]?.AsString ?? "TCP", errors);
        }
    }

    public static void CheckPort(string field, JsonValue? port, FieldErrors errors)
    {
        if (port?.AsInt64 is not (>= 1 and <= PortMax))
        {
            errors.Invalid(field, port, "must be between 1 and 65535, inclusive");
        }
    }

    public static void CheckProtocol(string field, string protocol, FieldErrors errors)
    {
        if (protocol is not ("TCP" or "UDP" or "SCTP"))
        {
            errors.NotSupported(field, protocol, "SCTP", "TCP", "UDP");
        }
    }

    /// <summary>What is wrong with an IANA service name, or null.</summary>
    public static string? PortNameProblem(string name)
    {
        const int NameLengthMax = 15;
        if (name.Length > NameLengthMax)
        {
            return "must be no more than 15 characters";
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
            }
        }

        return !name.Any(char.IsAsciiLetterLower) ? "must contain at least one letter (a-z)"
            : name.Contains("--", StringComparison.Ordinal) ? "must not contain consecutive hyphens"
            : name[0] == '-' || name[^1] == '-' ? "must not begin or end with a hyphen" : null;
    }
}
