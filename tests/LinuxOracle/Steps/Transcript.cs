namespace Emulator.LinuxOracle.Tests.Steps;

/// <summary>What the applications of one world saw, by socket and in order. Bytes that come in a row are one
/// entry, however they were cut.</summary>
internal sealed class Transcript
{
    private readonly object _gate = new();
    private readonly SortedDictionary<string, List<string>> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _bytes = new(StringComparer.Ordinal);

    /// <summary>How much has been noted: entries, and bytes of streams.</summary>
    public long Count { get; private set; }

    /// <summary>One line a socket.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _seen.Select(s => $"{s.Key}: {string.Join(", ", s.Value)}")];
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _seen.Clear();
            _bytes.Clear();
            Count = 0;
        }
    }

    /// <summary>Something happened at a socket.</summary>
    public void Note(string socket, string what)
    {
        lock (_gate)
        {
            _bytes.Remove(socket);
            EntriesOf(socket).Add(what);
            Count++;
        }
    }

    /// <summary>Bytes of a stream came.</summary>
    public void NoteBytes(string socket, int count)
    {
        lock (_gate)
        {
            List<string> entries = EntriesOf(socket);
            if (_bytes.TryGetValue(socket, out long before))
            {
                entries.RemoveAt(entries.Count - 1);
            }

            _bytes[socket] = before + count;
            entries.Add($"{before + count} bytes");
            Count += count;
        }
    }

    /// <summary>An ICMP error came.</summary>
    public void NoteError(string socket, string errno, int type, int code, string offender, int mtu) =>
        Note(socket, $"{errno} by icmp {type}/{code} from {offender}{(mtu == 0 ? "" : $" mtu {mtu}")}");

    private List<string> EntriesOf(string socket)
    {
        if (!_seen.TryGetValue(socket, out List<string>? entries))
        {
            _seen.Add(socket, entries = []);
        }

        return entries;
    }
}
