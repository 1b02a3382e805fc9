using Emulator.Silo;
using Emulator.Silo.Configuration;
using Emulator.Silo.Hosting;

try
{
    return await SiloCommandLine.Run(
        args, Environment.GetEnvironmentVariable, Console.Out, Console.Error, SiloProcess.Run);
}
catch (RefusedException refused)
{
    Console.Error.WriteLine($"emulator-silo: {refused.Message}");
    return ExitCode.BadInput;
}
catch (Exception failed) when (failed is SiloException or IOException)
{
    Console.Error.WriteLine($"emulator-silo: {failed.Message}");
    return ExitCode.Failed;
}
