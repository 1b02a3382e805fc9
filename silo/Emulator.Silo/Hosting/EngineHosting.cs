using Emulator.Silo.Configuration;

namespace Emulator.Silo.Hosting;

/// <summary>The engines that this program was built with.</summary>
internal static class EngineHosting
{
    /// <summary>Refuses an engine that this program cannot host, before anything is started.</summary>
    /// <exception cref="RefusedException">It cannot.</exception>
    public static void Require(EngineKind engine)
    {
        if (engine == EngineKind.Process)
        {
            throw new RefusedException(
                "--engine: 'process' is not served by a silo; use ./emulator run, which runs everything in one "
                + "process.");
        }
#if !WITH_ORLEANS
        throw new RefusedException(
            "--engine: 'orleans' was not compiled in. ./emulator silo builds with it by itself; by hand, build with "
            + "the MSBuild property WithOrleans=true, which needs the packages Microsoft.Orleans.Server, "
            + "Microsoft.Orleans.Clustering.AdoNet and Microsoft.Orleans.Dashboard (versions: "
            + "Directory.Packages.props).");
#endif
    }

    /// <summary>Adds the engine's services.</summary>
    public static void Configure(WebApplicationBuilder builder, SiloOptions options)
    {
        Require(options.Engine);
#if WITH_ORLEANS
        OrleansHosting.Configure(builder, options);
#endif
    }

    /// <summary>Adds the engine's own pages.</summary>
    public static void Map(WebApplication application)
    {
#if WITH_ORLEANS
        OrleansHosting.Map(application);
#endif
    }
}
