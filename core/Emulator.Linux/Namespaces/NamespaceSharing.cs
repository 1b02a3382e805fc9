namespace Emulator.Linux.Namespaces;

/// <summary>Which namespaces a process does not get of its own.</summary>
[Flags]
public enum NamespaceSharing
{
    /// <summary>Only what its pod's containers always share: net, ipc and uts.</summary>
    None = 0,

    /// <summary>It lives in the machine's net and uts namespaces (hostNetwork).</summary>
    HostNetwork = 1,

    /// <summary>In the machine's pid namespace (hostPID).</summary>
    HostPid = 2,

    /// <summary>In the machine's ipc namespace (hostIPC).</summary>
    HostIpc = 4,

    /// <summary>All containers of its pod have one pid namespace (shareProcessNamespace).</summary>
    PodPid = 8,
}
