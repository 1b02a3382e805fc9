using Emulator.Client;

return CommandLine.Run(args, new Streams(Console.In, Console.Out, Console.Error, !Console.IsOutputRedirected));
