using Emulator.Cluster.Manifests;

namespace Emulator.Client.Running;

/// <summary>What a person should know before reading results: what is left aside, and what is not ready.</summary>
internal static class Notices
{
    private const int UnreadyShownMax = 10;

    /// <summary>Prints to standard error, so that results stay clean.</summary>
    public static void Print(Streams streams, ClusterInput input, IReadOnlyList<string> unready)
    {
        string left = input.NotModelled.ToString();
        if (left.Length > 0)
        {
            streams.Error.WriteLine(left);
        }

        foreach (string what in unready.Take(UnreadyShownMax))
        {
            streams.Error.WriteLine($"not ready: {what}");
        }

        if (unready.Count > UnreadyShownMax)
        {
            streams.Error.WriteLine($"not ready: and {unready.Count - UnreadyShownMax} more");
        }
    }
}
