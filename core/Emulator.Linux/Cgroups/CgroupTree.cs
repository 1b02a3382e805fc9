namespace Emulator.Linux.Cgroups;

/// <summary>The files of a machine's cgroup v2 hierarchy that can be written: values are kept here and enforced by
/// <see cref="CgroupsActor"/>.</summary>
/// <remarks>Source: Linux Documentation/admin-guide/cgroup-v2.rst. All controllers count as enabled everywhere. Left
/// out: delegation, threaded cgroups.</remarks>
public sealed class CgroupTree
{
    /// <summary>Most cgroups of a machine; one more is refused. Linux' cgroup.max.descendants is without limit by
    /// default.</summary>
    public const int CgroupsMax = 65_536;

    private readonly SortedDictionary<string, SortedDictionary<string, string>> _groups =
        new(StringComparer.Ordinal) { ["/"] = new SortedDictionary<string, string>(StringComparer.Ordinal) };

    /// <summary>How many cgroups there are, the root among them.</summary>
    public int Count => _groups.Count;

    /// <summary>All paths, sorted.</summary>
    public IEnumerable<string> Paths => _groups.Keys;

    /// <summary>Whether a cgroup exists.</summary>
    public bool Contains(string path) => _groups.ContainsKey(path);

    /// <summary><c>mkdir -p</c>. False when there would be more than <see cref="CgroupsMax"/> (EAGAIN).</summary>
    /// <exception cref="ArgumentException">The path does not begin with a slash, ends with one, or has an empty name in
    /// it.</exception>
    public bool Create(string path)
    {
        Check(path);
        for (int end = path.IndexOf('/', 1); end >= 0; end = path.IndexOf('/', end + 1))
        {
            if (!TryAdd(path[..end]))
            {
                return false;
            }
        }

        return TryAdd(path);
    }

    /// <summary><c>rmdir</c> of a cgroup with everything below it, as the kubelet removes a pod's. False when it does
    /// not exist.</summary>
    public bool Remove(string path)
    {
        Check(path);
        if (!_groups.Remove(path))
        {
            return false;
        }

        string below = path + "/";
        foreach (string child in _groups.Keys.Where(p => p.StartsWith(below, StringComparison.Ordinal)).ToArray())
        {
            _groups.Remove(child);
        }

        return true;
    }

    /// <summary>Writes a file. False where the kernel refuses: no such cgroup (ENOENT), or a value that the file does
    /// not take (EINVAL, ERANGE).</summary>
    /// <exception cref="KeyNotFoundException">No cgroup has such a file.</exception>
    public bool Write(string path, string file, string value)
    {
        if (CgroupFiles.Normalise(file, value) is not { } normal
            || !_groups.TryGetValue(path, out SortedDictionary<string, string>? files) || path == "/")
        {
            return false;
        }

        files[file] = normal;
        return true;
    }

    /// <summary>What a file says; null when there is no such cgroup, and in the root, which has none of these
    /// files.</summary>
    /// <exception cref="KeyNotFoundException">No cgroup has such a file.</exception>
    public string? Read(string path, string file)
    {
        string unwritten = CgroupFiles.DefaultOf(file);
        return path != "/" && _groups.TryGetValue(path, out SortedDictionary<string, string>? files)
            ? files.GetValueOrDefault(file, unwritten)
            : null;
    }

    /// <summary>Whether somebody wrote a file.</summary>
    public bool IsWritten(string path, string file) =>
        _groups.TryGetValue(path, out SortedDictionary<string, string>? files) && files.ContainsKey(file);

    private bool TryAdd(string path)
    {
        if (_groups.ContainsKey(path))
        {
            return true;
        }

        if (_groups.Count >= CgroupsMax)
        {
            return false;
        }

        _groups.Add(path, new SortedDictionary<string, string>(StringComparer.Ordinal));
        return true;
    }

    private static void Check(string path)
    {
        if (path.Length < 2 || path[0] != '/' || path[^1] == '/' || path.Contains("//", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"'{path}' is not a cgroup's path; write one such as /kubepods/burstable.", nameof(path));
        }
    }
}
