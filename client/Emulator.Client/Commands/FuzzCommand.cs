using System.CommandLine;
using System.Globalization;
using Emulator.Client.Requests;

namespace Emulator.Client.Commands;

/// <summary><c>emulator fuzz</c></summary>
internal static class FuzzCommand
{
    /// <summary>What help shows.</summary>
    public static readonly string[] Examples =
    [
        "./emulator fuzz",
        "./emulator fuzz --seed 7 --frames 10M",
        "./emulator fuzz --seed 7 --case 312",
        "./emulator fuzz --shards 1,2,4 --seconds 60 -o json",
    ];

    /// <summary>Makes the command.</summary>
    public static Command Make(Func<FuzzRequest, int> run)
    {
        Option<ulong> seed = SharedOptions.Seed();
        Option<long> frames = Frames();
        Option<int> each = SharedOptions.Number(
            "--frames-per-case", "Frames that one case sends of its own accord.", 1, 1_000_000, 5_000);
        Option<int[]> shards = Shards();
        Option<int> threads = SharedOptions.Number(
            "--threads", "Cases that run side by side.", 1, 256, Math.Min(256, Environment.ProcessorCount));
        Option<int> seconds = SharedOptions.Number(
            "--seconds", "After so many seconds no further case begins; 0 for no limit.", 0, 1_000_000, 0);
        Option<int?> only = SharedOptions.OptionalNumber("--case", "Run this case alone.", 0, int.MaxValue);
        Option<OutputFormat> format = Format();
        var command = new Command(
            "fuzz", "Random frames, rules and networks through the whole stack: no exception, no packet lost from the "
            + "ledger, one digest on any number of shards.")
        {
            seed, frames, each, shards, threads, seconds, only, format,
        };
        command.SetAction(parsed => run(new FuzzRequest
        {
            Seed = parsed.GetValue(seed),
            Frames = parsed.GetValue(frames),
            FramesPerCase = parsed.GetValue(each),
            Shards = parsed.GetRequiredValue(shards),
            Threads = parsed.GetValue(threads),
            Seconds = parsed.GetValue(seconds),
            Case = parsed.GetValue(only),
            Format = parsed.GetValue(format),
        }));
        return command;
    }

    private static Option<long> Frames() => new("--frames")
    {
        Description = "Frames that all cases together send at least, such as 500000, 500K or 10M. [default: 1M]",
        HelpName = "N",
        DefaultValueFactory = _ => 1_000_000,
        CustomParser = result => SharedOptions.Parse<long>(
            result, ReadCount, "is not a number of frames above zero; write one such as 500000, 500K or 10M."),
    };

    private static Option<int[]> Shards() => new("--shards")
    {
        Description = "Numbers of shards that must come to one digest. [default: 1,4]",
        HelpName = "N,N…",
        DefaultValueFactory = _ => [1, 4],
        CustomParser = result => SharedOptions.Parse<int[]>(
            result, ReadShards,
            $"is not a list of numbers from 1 to {SharedOptions.ShardsMax}; write one such as 1,4."),
    };

    private static Option<OutputFormat> Format() => new("--output", "-o")
    {
        Description = "How to print: table or json.",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => OutputFormat.Table,
        CustomParser = result => SharedOptions.Parse<OutputFormat>(
            result, ReadFormat, "is not a format; write table or json."),
    };

    private static bool ReadFormat(string text, out OutputFormat format)
    {
        format = text == "json" ? OutputFormat.Json : OutputFormat.Table;
        return text is "table" or "json";
    }

    private static bool ReadCount(string text, out long count)
    {
        long unit = text.LastOrDefault() switch { 'K' or 'k' => 1_000, 'M' or 'm' => 1_000_000, _ => 1 };
        ReadOnlySpan<char> digits = unit == 1 ? text : text.AsSpan(0, text.Length - 1);
        bool isNumber = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out count)
            && count is > 0 and <= 1_000_000_000_000;
        count *= unit;
        return isNumber;
    }

    private static bool ReadShards(string text, out int[] shards)
    {
        string[] parts = text.Split(',');
        shards = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out shards[i])
                || shards[i] is < 1 or > SharedOptions.ShardsMax)
            {
                return false;
            }
        }

        return true;
    }
}
