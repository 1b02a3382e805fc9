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
/// Source: RFC 791 section 3.2 and RFC 815; Linux' ipfrag_time of 30 s. At most <see cref="QueuesMax"/> packets at
/// once.
/// </remarks>
internal sealed class Reassembly(ActorRef self)
{
    /// <summary>How many packets may be half-joined; a piece of one more is dropped.</summary>
    public const int QueuesMax = 1_024;

    private const long TimeoutNanoseconds = 30_000_000_000;

    private readonly Dictionary<ReassemblyKey, Queue> _queues = [];
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
        if (!_queues.TryGetValue(key, out Queue? queue))
        {
            if (_queues.Count == QueuesMax)
            {
                outbox.Dropped(self, piece, DropReason.ReassemblyQueueFull);
                return null;
            }

            queue = new Queue(++_generations);
            _queues.Add(key, queue);
            outbox.Send(self, new ReassemblyTimer(key, queue.Generation), TimeoutNanoseconds);
        }

        int place = queue.Pieces.FindIndex(p => p.FragmentOffset >= piece.FragmentOffset);
        if (place >= 0 && queue.Pieces[place].FragmentOffset == piece.FragmentOffset)
        {
            outbox.Absorbed(self, piece, 1); // A duplicate adds nothing.
            return null;
        }

        queue.Pieces.Insert(place < 0 ? queue.Pieces.Count : place, piece);
        HeldPackets++;
        if (!queue.IsComplete)
        {
            return null;
        }

        _queues.Remove(key);
        HeldPackets -= queue.Pieces.Count;
        IPv4Packet first = queue.Pieces[0];
        largest = (ushort)queue.Pieces.Max(p => p.Length);
        int largestUncut = queue.Pieces.Max(p => p.DontFragment ? p.Length : 0);
        // All pieces of one packet refer to the same whole.
        IPv4Packet joined = first with
        {
            Payload = ((FragmentPayload)first.Payload).Whole, FragmentOffset = 0, MoreFragments = false,
            DontFragment = largestUncut == largest,
        };
        outbox.Absorbed(self, piece, queue.Pieces.Count - 1); // The whole goes on in place of the last one.
        return joined;
    }

    /// <summary>Ends what waited too long.</summary>
    public void Expire(ReassemblyTimer timer, Outbox outbox)
    {
        if (_queues.TryGetValue(timer.Key, out Queue? queue) && queue.Generation == timer.Generation)
        {
            _queues.Remove(timer.Key);
            HeldPackets -= queue.Pieces.Count;
            foreach (IPv4Packet piece in queue.Pieces)
            {
                outbox.Dropped(self, piece, DropReason.ReassemblyTimeout);
            }
        }
    }

    private sealed class Queue(uint generation)
    {
        public uint Generation { get; } = generation;

        public List<IPv4Packet> Pieces { get; } = [];

        public bool IsComplete
        {
            get
            {
                int next = 0;
                foreach (IPv4Packet piece in Pieces)
                {
                    if (piece.FragmentOffset != next)
                    {
                        return false;
                    }

                    next += piece.Payload.Length;
                }

                return !Pieces[^1].MoreFragments;
            }
        }
    }
}
