using Emulator.Bench;

// Each benchmark prints lines of "name: figure unit".
// Run with: dotnet run -c Release --project bench/Emulator.Bench -- NAME
(string Name, Action Run)[] benchmarks =
[
    ("event-queue", EventQueueBench.Run),
    ("engine", EngineBench.Run),
    ("codec", CodecBench.Run),
    ("packets", PacketBench.Run),
    ("packets-export", PacketBench.RunExport),
    ("cpu", CpuBench.Run),
];

string wanted = args.Length == 1 ? args[0] : "";
(string Name, Action Run) chosen = Array.Find(benchmarks, benchmark => benchmark.Name == wanted);
if (chosen.Run is null)
{
    Console.Error.WriteLine(
        $"'{wanted}' is no benchmark; name one of: {string.Join(", ", benchmarks.Select(b => b.Name))}.");
    return 2;
}

chosen.Run();
return 0;
