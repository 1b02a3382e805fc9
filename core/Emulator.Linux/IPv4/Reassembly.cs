using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.IPv4;

/// <summary>The timer of one half-joined packet.</summary>
internal sealed record ReassemblyTimer(ReassemblyKey Key, uint Generation) : Message;

/// <summary>What pieces of one packet have in common.</summary>
internal readonly record struct ReassemblyKey(
    IPv4Address Source, IPv4Address Destination, ushort Identification, IPProtocol Protocol);

/// <summary>Joins fragments to whole packets.</summary>
/// <remarks>
/// Source: RFC 791 section 3.2 and RFC 815; Linux' ip_frag_queue and ipfrag_time of 30 s. Pieces that overlap, that
/// carry nothing or that disagree about the end take all others with them (RFC 5722 for IPv6; Linux does so for both).
/// At most <see cref="QueuesMax"/> packets at once.
/// </remarks>
internal sealed class Reassembly(ActorRef self)
{
    /// <summary>How many packets may be half-joined; a piece of one more is dropped.</summary>
    public const int QueuesMax = 1_024;

    private const long TimeoutNanoseconds = 30_000_000_000;

    private readonly Dictionary<ReassemblyKey, ReassemblyQueue> _queues = [];
    private uint _generations;

    /// <summary>Pieces that wait for their siblings.</summary>
    public int HeldPackets { get; private set; }

    /// <summary>Takes a piece; gives the whole packet when it was the last one missing, else null.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="outbox">Where things go.</param>
    /// <param name="largest">The length of the largest piece of the whole: it is not sent on in larger ones
    /// (Linux' frag_max_size).</param>
    public IPv4Packet? Add(IPv4Packet piece, Outbox outbox, out ushort largest)
    {
        largest = 0;
        var key = new ReassemblyKey(piece.Source, piece.Destination, piece.Identification, piece.Protocol);
        if (!_queues.TryGetValue(key, out ReassemblyQueue? queue))
        {
            if (_queues.Count == QueuesMax)
            {
                outbox.Dropped(self, piece, DropReason.ReassemblyQueueFull);
                return null;
            }

            queue = new ReassemblyQueue(++_generations);
            _queues.Add(key, queue);
            outbox.Send(self, new ReassemblyTimer(key, queue.Generation), TimeoutNanoseconds);
        }

        switch (queue.Add(piece))
        {
            case PieceFate.Copy:
                outbox.Absorbed(self, piece, 1); // A duplicate adds nothing.
                return null;
            case PieceFate.Misfit:
                outbox.Dropped(self, piece, DropReason.ReassemblyFailed);
                End(key, queue, DropReason.ReassemblyFailed, outbox);
                return null;
            default:
                HeldPackets++;
                return queue.IsComplete ? Join(key, queue, piece, outbox, out largest) : null;
        }
    }

    /// <summary>Ends what waited too long.</summary>
    public void Expire(ReassemblyTimer timer, Outbox outbox)
    {
        if (_queues.TryGetValue(timer.Key, out ReassemblyQueue? queue) && queue.Generation == timer.Generation)
        {
            End(timer.Key, queue, DropReason.ReassemblyTimeout, outbox);
        }
    }

    /// <summary>The namespace is gone, and what waited in it.</summary>
    public void End(Outbox outbox)
    {
        foreach ((ReassemblyKey key, ReassemblyQueue queue) in _queues.OrderBy(q => q.Value.Generation).ToList())
        {
            End(key, queue, DropReason.DeviceGone, outbox);
        }
    }

    private IPv4Packet? Join(
        ReassemblyKey key, ReassemblyQueue queue, IPv4Packet last, Outbox outbox, out ushort largest)
    {
        _queues.Remove(key);
        HeldPackets -= queue.Pieces.Count;
        IPv4Packet first = queue.Pieces[0];
        largest = (ushort)queue.Pieces.Max(p => p.Length);
        int largestUncut = queue.Pieces.Max(p => p.DontFragment ? p.Length : 0);
        DecodeError error = queue.TryJoin(out TransportPayload? whole);
        IPv4Packet joined = first with
        {
            Payload = whole ?? first.Payload, FragmentOffset = 0, MoreFragments = false,
            DontFragment = largestUncut == largest,
        };
        outbox.Absorbed(self, last, queue.Pieces.Count - 1); // The whole goes on in place of the last one.
        if (whole is not null)
        {
            return joined;
        }

        outbox.Dropped(self, joined, ReasonOf(error, first.Protocol));
        return null;
    }

    private void End(ReassemblyKey key, ReassemblyQueue queue, DropReason reason, Outbox outbox)
    {
        _queues.Remove(key);
        HeldPackets -= queue.Pieces.Count;
        foreach (IPv4Packet piece in queue.Pieces)
        {
            outbox.Dropped(self, piece, reason);
        }
    }

    private static DropReason ReasonOf(DecodeError error, IPProtocol protocol) => error != DecodeError.Checksum
        ? DropReason.ReassemblyFailed
        : protocol switch
        {
            IPProtocol.Tcp => DropReason.TcpChecksum,
            IPProtocol.Udp => DropReason.UdpChecksum,
            _ => DropReason.IcmpChecksum,
        };
}
