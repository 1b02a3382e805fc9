using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Telemetry;

/// <summary>Hops as capture files: one with every interface in it, or one for each network namespace in a
/// folder.</summary>
/// <remarks>
/// Frames are in order of time within what one call of <see cref="Write"/> brings, and nearly so over the file;
/// Wireshark sorts, and <c>reordercap</c> sorts a file. Dispose it at the end: until then the last bytes wait in
/// memory.
/// </remarks>
public sealed class PcapWriter : IJournalProjection, IDisposable
{
    /// <summary>How many bytes wait for one file before they are written: 64 KiB.</summary>
    public const int FileWaitingBytesMax = 64 * 1024;

    /// <summary>How many bytes wait for all files together before all are written: 64 MiB.</summary>
    public const int WaitingBytesMax = 64 * 1024 * 1024;

    private readonly SortedDictionary<string, PcapFile> _files = new(StringComparer.Ordinal);
    private readonly List<(long Time, int Index)> _order = [];
    private readonly long _epochNanoseconds;
    private readonly string? _folder;
    private PcapFile? _single;
    private PcapFile? _lastFile;
    private string? _lastNetns;
    private long _waitingBytes;

    private PcapWriter(long epochNanoseconds, string? folder, PcapFile? single)
    {
        _epochNanoseconds = epochNanoseconds;
        _folder = folder;
        _single = single;
    }

    /// <summary>How many frames were written.</summary>
    public long FramesWritten { get; private set; }

    /// <summary>A writer of one file in which interfaces are called <c>netns:interface</c>.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    /// <param name="epochNanoseconds">What virtual time 0 is, in nanoseconds since 1970.</param>
    public static PcapWriter ToFile(string path, long epochNanoseconds) =>
        new(epochNanoseconds, null, new PcapFile(path));

    /// <summary>A writer of one file for each network namespace, <c>web-0</c> of <c>default</c> in
    /// <c>default_web-0.pcapng</c>.</summary>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="epochNanoseconds">What virtual time 0 is, in nanoseconds since 1970.</param>
    public static PcapWriter ToFolder(string folder, long epochNanoseconds)
    {
        Directory.CreateDirectory(folder);
        return new PcapWriter(epochNanoseconds, folder, null);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        _order.Clear();
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Kind == JournalKind.Hop)
            {
                _order.Add((entries[i].TimeNanoseconds, i));
            }
        }

        _order.Sort(); // By time, then by the order they came in.
        foreach ((_, int index) in _order)
        {
            Append(in entries[index]);
        }
    }

    /// <summary>Writes what waits.</summary>
    public void Dispose()
    {
        _single?.Flush();
        _single = null;
        foreach (PcapFile file in _files.Values)
        {
            file.Flush();
        }

        _files.Clear();
        _lastNetns = null;
    }

    private void Append(in JournalEntry entry)
    {
        if (entry.Interface is not { } at || entry.Subject is not EthernetFrame frame)
        {
            throw new InvalidOperationException(
                $"a hop of packet {entry.Packet:x16} at {entry.Actor} lacks interface or frame");
        }

        PcapFile file = _single ?? FileOf(at);
        int before = file.WaitingBytes;
        string name = _single is null ? at.Name : at.ToString();
        file.Append(at, name, _epochNanoseconds + entry.TimeNanoseconds, entry.Direction, frame);
        FramesWritten++;
        _waitingBytes += file.WaitingBytes - before;
        if (file.WaitingBytes >= FileWaitingBytesMax)
        {
            _waitingBytes -= file.WaitingBytes;
            file.Flush();
        }
        else if (_waitingBytes >= WaitingBytesMax)
        {
            foreach (PcapFile waiting in _files.Values)
            {
                waiting.Flush();
            }

            _waitingBytes = 0;
        }
    }

    private PcapFile FileOf(InterfaceName at)
    {
        if (at.Netns == _lastNetns && _lastFile is not null)
        {
            return _lastFile;
        }

        if (_folder is null)
        {
            throw new ObjectDisposedException(nameof(PcapWriter));
        }

        if (!_files.TryGetValue(at.Netns, out PcapFile? file))
        {
            file = new PcapFile(Path.Combine(_folder, $"{at.Netns.Replace('/', '_')}.pcapng"));
            _files.Add(at.Netns, file);
            _waitingBytes += file.WaitingBytes;
        }

        _lastNetns = at.Netns;
        _lastFile = file;
        return file;
    }
}
