namespace Emulator.Kubernetes.Scheduler.Framework;

/// <summary>What plugins remember from one extension point to the next, while one pod is scheduled.</summary>
/// <remarks>One object serves all cycles: the scheduler clears it before each pod.</remarks>
public sealed class CycleState
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>Keeps a value under a plugin's key.</summary>
    public void Write(string key, object value) => _values[key] = value;

    /// <summary>The value kept under a key in this cycle, or null.</summary>
    public T? Read<T>(string key)
        where T : class =>
        _values.TryGetValue(key, out object? value) ? (T)value : null;

    /// <summary>Forgets everything.</summary>
    public void Clear() => _values.Clear();
}
