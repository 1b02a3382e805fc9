using System.Buffers;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Engine.Telemetry;

/// <summary>
/// One capture file: its interfaces and what waits to be written. It is open only while it is written to, so that a
/// run of thousands of namespaces needs no handle for each.
/// </summary>
internal sealed class PcapFile
{
    private readonly string _path;
    private readonly Dictionary<InterfaceName, int> _interfaces = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _waiting = new();

    /// <summary>Begins a file; one that is there already is replaced.</summary>
    public PcapFile(string path)
    {
        _path = path;
        File.WriteAllBytes(path, []);
        PcapngEncoder.WriteSection(_waiting, "emulator");
    }

    /// <summary>Bytes that wait.</summary>
    public int WaitingBytes => _waiting.WrittenCount;

    /// <summary>Appends a frame, and its interface if it is the first there.</summary>
    /// <param name="at">Where.</param>
    /// <param name="name">The interface's name in the file.</param>
    /// <param name="unixNanoseconds">When.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="frame">What.</param>
    public void Append(InterfaceName at, string name, long unixNanoseconds, Direction direction, EthernetFrame frame)
    {
        if (!_interfaces.TryGetValue(at, out int number))
        {
            number = Number(at, name);
            _interfaces.Add(at, number);
        }

        PcapngEncoder.WriteFrame(_waiting, number, unixNanoseconds, direction, frame);
    }

    /// <summary>Writes what waits.</summary>
    public void Flush()
    {
        if (_waiting.WrittenCount > 0)
        {
            using var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            file.Write(_waiting.WrittenSpan);
            _waiting.ResetWrittenCount();
        }
    }

    /// <summary>A recreated interface has its own object but the name of the one before it, and its number.</summary>
    private int Number(InterfaceName at, string name)
    {
        if (!_numbers.TryGetValue(at.ToString(), out int number))
        {
            number = _numbers.Count;
            _numbers.Add(at.ToString(), number);
            PcapngEncoder.WriteInterface(_waiting, name, at);
        }

        return number;
    }
}
