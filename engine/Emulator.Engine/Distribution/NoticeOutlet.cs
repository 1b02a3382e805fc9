namespace Emulator.Engine.Distribution;

/// <summary>A notice for another process.</summary>
/// <param name="ToShard">The shard of that process that is told for all that sit there.</param>
/// <param name="Window">The window that it is about.</param>
/// <param name="Bytes">The encoded <see cref="WindowNotice"/>.</param>
public readonly record struct OutgoingNotice(int ToShard, long Window, byte[] Bytes);

/// <summary>
/// Notices that were sent, kept until the stretch has ended everywhere, so that a lost one is sent again.
/// </summary>
internal sealed class NoticeOutlet
{
    private readonly Dictionary<(int ToShard, long Window), OutgoingNotice> _kept = [];

    /// <summary>Bytes kept.</summary>
    public long Length { get; private set; }

    /// <summary>Keeps a notice.</summary>
    public void Keep(in OutgoingNotice notice)
    {
        _kept.Add((notice.ToShard, notice.Window), notice);
        Length += notice.Bytes.Length;
    }

    /// <summary>Lets go of everything: the next stretch was ordered, so all shards have ended the last.</summary>
    public void Clear()
    {
        _kept.Clear();
        Length = 0;
    }

    /// <summary>The notice of a window for a process; null when nothing such is kept.</summary>
    public OutgoingNotice? Find(int toShard, long window) =>
        _kept.TryGetValue((toShard, window), out OutgoingNotice notice) ? notice : null;
}
