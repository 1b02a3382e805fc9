using Emulator.Client.Requests;
using Emulator.Client.Running;
using Emulator.Engine.Execution;
using Emulator.Kubernetes.ApiServer;

namespace Emulator.Client.Silos;

/// <summary>What stands here when the program was built without Orleans.</summary>
internal static class SiloEngines
{
    /// <summary>Refuses.</summary>
    /// <exception cref="RefusedException">Always.</exception>
    public static (RunEngine Engine, IObjectReader Objects) Connect(
        LoadedInput loaded, EngineOptions options, EngineRequest request, Streams streams) =>
        throw new RefusedException(
            $"--silo {request.Silo}: this build has no Orleans. ./emulator builds with it when it sees --silo or "
            + "--engine orleans; by hand, build with -p:WithOrleans=true.");
}
