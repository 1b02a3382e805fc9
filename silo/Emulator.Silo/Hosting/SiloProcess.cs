using Emulator.Silo.Configuration;

namespace Emulator.Silo.Hosting;

/// <summary>The silo's life: start, serve until a signal, stop.</summary>
internal static class SiloProcess
{
    /// <summary>Runs a silo until it is told to stop.</summary>
    /// <exception cref="RefusedException">It cannot host that engine.</exception>
    /// <exception cref="SiloException">It could not start.</exception>
    public static async Task<int> Run(SiloOptions options)
    {
        EngineHosting.Require(options.Engine);
        FreePorts.Require(options);
        await using WebApplication application = SiloServer.Build(options, EngineHosting.Configure, EngineHosting.Map);
        try
        {
            await application.StartAsync();
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Done; // Told to stop before it was up.
        }
        catch (Exception failed)
        {
            throw Explain(failed);
        }

        Console.WriteLine(
            $"emulator-silo: {options.Name} is ready: http {options.HttpPort}, silo {options.SiloPort}, "
            + $"gateway {options.GatewayPort}");
        await application.WaitForShutdownAsync();
        return ExitCode.Done;
    }

    private static SiloException Explain(Exception failed)
    {
        Exception[] causes = failed is AggregateException several ? [.. several.InnerExceptions] : [failed];
        return causes.OfType<SiloException>().FirstOrDefault()
            ?? new SiloException($"could not start: {causes[0].Message}", failed);
    }
}
