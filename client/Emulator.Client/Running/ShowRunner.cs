using Emulator.Client.Requests;
using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Linux.Netlink;

namespace Emulator.Client.Running;

/// <summary><c>emulator show</c></summary>
internal sealed class ShowRunner(Streams streams)
{
    private static readonly SimDuration AnswerTime = SimDuration.FromMilliseconds(5);

    /// <summary>Runs the command.</summary>
    public int Run(ShowRequest request)
    {
        if (InputLoader.Load(request.Paths, streams) is not { } loaded)
        {
            return ExitCode.BadInput;
        }

        var answers = new CommandOutputs();
        using var run = new ClusterRun(loaded, request.Seed, request.Engine, [answers], streams);
        Notices.Print(streams, loaded.Input, Settlement.Run(run));
        run.Engine.Inject(Find(run, request.Where), new Dump(request.Command));
        run.Engine.RunUntil(run.Engine.Now + AnswerTime);
        foreach (string text in answers.Texts)
        {
            streams.Out.Write(text);
        }

        return ExitCode.Done;
    }

    private static ActorRef Find(ClusterRun run, string where)
    {
        if (run.Cluster.Nodes.TryGetValue(where, out ActorRef? node)
            || run.Cluster.ExternalHosts.TryGetValue(where, out node))
        {
            return node;
        }

        string[] parts = (where.StartsWith("pod/", StringComparison.Ordinal) ? where[4..] : where).Split('/');
        return parts.Length == 2
            ? run.NamespaceOf(SourceFinder.PodOf(run, parts[0], parts[1]))
            : throw new RefusedException($"'{where}' is neither a node ({SourceFinder.Some(run.Cluster.Nodes.Keys)}) "
                + "nor a host "
                + $"outside ({SourceFinder.Some(run.Cluster.ExternalHosts.Keys)}); write a pod as NAMESPACE/NAME.");
    }

    private sealed class CommandOutputs : IJournalProjection
    {
        public List<string> Texts { get; } = [];

        public JournalInterest Interest { get; } = JournalInterest.None; // Command outputs come in any case.

        public void Write(ReadOnlySpan<JournalEntry> entries)
        {
            foreach (ref readonly JournalEntry entry in entries)
            {
                if (entry.Kind == JournalKind.CommandOutput && entry.Subject is string text)
                {
                    Texts.Add(text);
                }
            }
        }
    }
}
