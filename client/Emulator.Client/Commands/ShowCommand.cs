using System.CommandLine;
using Emulator.Client.Requests;

namespace Emulator.Client.Commands;

/// <summary><c>emulator show</c></summary>
internal static class ShowCommand
{
    /// <summary>What help shows.</summary>
    public static readonly string[] Examples =
    [
        "./emulator show examples/shop node-1 'ip route'",
        "./emulator show examples/shop node-1 iptables-save",
        "./emulator show examples/shop node-1 'cat /sys/fs/cgroup/kubepods/*/pod*/*/cpu.stat'",
        "./emulator show examples/linux-facts/vxlan default/p1a 'ip addr'",
    ];

    /// <summary>Makes the command.</summary>
    public static Command Make(Func<ShowRequest, int> run)
    {
        var words = new Argument<string[]>("PATH… NODE|POD COMMAND")
        {
            Description = "Manifests, then a node's name or a pod as NAMESPACE/NAME, then one of "
                + $"{string.Join(", ", ShowRequest.Commands.Select(c => c.Contains(' ') ? $"'{c}'" : c))}.",
            Arity = new ArgumentArity(3, 1_000),
        };
        words.Validators.Add(result =>
        {
            string last = result.Tokens[^1].Value;
            if (!ShowRequest.Knows(last))
            {
                result.AddError($"'{last}' is not a command that is shown; write one of "
                    + $"{string.Join(", ", ShowRequest.Commands.Select(c => $"'{c}'"))}, in quotes; on a node also "
                    + "'ls /sys/fs/cgroup/…' and 'cat …' of a file there or of /proc/PID/oom_score_adj.");
            }
        });
        Option<ulong> seed = SharedOptions.Seed();
        var command = new Command("show", "Build the cluster and show a kernel's tables as the Linux tool "
            + "does.") { words, seed };
        var engine = new EngineArguments();
        engine.AddTo(command);
        command.SetAction(parsed =>
        {
            string[] given = parsed.GetRequiredValue(words);
            return run(new ShowRequest
            {
                Paths = given[..^2],
                Where = given[^2],
                Command = given[^1],
                Seed = parsed.GetValue(seed),
                Engine = engine.Read(parsed),
            });
        });
        return command;
    }
}
