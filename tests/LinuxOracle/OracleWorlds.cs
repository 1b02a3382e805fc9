using Emulator.LinuxOracle.Tests.Emulated;
using Emulator.LinuxOracle.Tests.Kernel;

namespace Emulator.LinuxOracle.Tests;

/// <summary>The real topology of a mode, built at the first test that needs it and kept for all.</summary>
public abstract class OracleWorlds(string mode) : IDisposable
{
    private readonly Lazy<KernelWorld> _kernel = new(() =>
    {
        using var model = new EmulatedWorld(mode);
        return new KernelWorld(model);
    });

    /// <summary><c>vxlan</c> or <c>hostgw</c>.</summary>
    public string Mode => mode;

    internal KernelWorld Kernel => _kernel.Value;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_kernel.IsValueCreated)
        {
            _kernel.Value.Dispose();
        }
    }
}

/// <summary>Nodes joined by VXLAN.</summary>
public sealed class VxlanWorlds() : OracleWorlds("vxlan");

/// <summary>Nodes joined by plain routes.</summary>
public sealed class HostGatewayWorlds() : OracleWorlds("hostgw");
