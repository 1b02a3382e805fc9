using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Scheduler.Pods;

/// <summary>A pod's leave to be on a node in spite of a taint.</summary>
/// <remarks>Source: <c>v1.Toleration.ToleratesTaint</c>. Operators are Equal (the default) and Exists; any other
/// tolerates nothing.</remarks>
public sealed class Toleration
{
    private readonly string _key;
    private readonly string _value;
    private readonly string _operator;
    private readonly string _effect;
    private readonly TaintEffect? _onlyEffect;

    private Toleration(JsonValue toleration)
    {
        _key = toleration["key"]?.AsString ?? "";
        _value = toleration["value"]?.AsString ?? "";
        _operator = toleration["operator"]?.AsString ?? "";
        _effect = toleration["effect"]?.AsString ?? "";
        _onlyEffect = Effects.TryParse(_effect);
        Seconds = toleration["tolerationSeconds"]?.AsInt64;
    }

    /// <summary>How long a NoExecute taint is borne; null is for ever.</summary>
    public long? Seconds { get; }

    /// <summary>Reads a pod's <c>spec.tolerations</c>.</summary>
    public static Toleration[] ParseAll(JsonValue? tolerations)
    {
        IReadOnlyList<JsonValue> items = tolerations?.Items ?? [];
        var parsed = new Toleration[items.Count];
        for (int i = 0; i < parsed.Length; i++)
        {
            parsed[i] = new Toleration(items[i]);
        }

        return parsed;
    }

    /// <summary>Whether it bears a taint.</summary>
    public bool Tolerates(NodeTaint taint)
    {
        if (_effect.Length > 0 && _onlyEffect != taint.Effect)
        {
            return false;
        }

        if (_key.Length > 0 && _key != taint.Key)
        {
            return false;
        }

        return _operator switch
        {
            "" or "Equal" => _value == taint.Value,
            "Exists" => true,
            _ => false,
        };
    }

    /// <summary>Whether any of the tolerations bears a taint.</summary>
    public static bool AnyTolerates(Toleration[] tolerations, NodeTaint taint)
    {
        foreach (Toleration toleration in tolerations)
        {
            if (toleration.Tolerates(taint))
            {
                return true;
            }
        }

        return false;
    }
}
