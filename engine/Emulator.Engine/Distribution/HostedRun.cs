using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>
/// One epoch of a run in one process: the machines' names, and the shards of them that are hosted here.
/// </summary>
/// <remarks>
/// Each process builds all machines from the same documents and admits the actors of its own shards only; of the others
/// it keeps the names.
/// </remarks>
public sealed class HostedRun
{
    private readonly Lock _gate = new();
    private readonly RunPlan _plan = new();
    private readonly Dictionary<int, HostedShard> _shards = [];
    private readonly EngineOptions _options;
    private readonly int[] _seats;
    private HostedShard[] _hosted = [];
    private ShardMap? _map;
    private ShardDistances? _distances;

    /// <summary>An epoch without machines.</summary>
    /// <param name="epoch">Its number.</param>
    /// <param name="options">Seed, number of shards, and who reads the journal of every shard in this process.</param>
    /// <param name="seats">For each shard a number of the process that hosts it.</param>
    /// <param name="codec">How messages are written for other processes.</param>
    public HostedRun(int epoch, EngineOptions options, IReadOnlyList<int> seats, IMessageCodec codec)
    {
        if (seats.Count != options.Shards)
        {
            throw new EngineException($"{seats.Count} shards are seated, and the run has {options.Shards}.");
        }

        _seats = [.. seats];
        Epoch = epoch;
        Codec = codec;
        _options = options;
    }

    /// <summary>Which try of the run this is.</summary>
    public int Epoch { get; }

    /// <summary>How messages are written for other processes.</summary>
    public IMessageCodec Codec { get; }

    /// <summary>The least latency between shards: the longest window. <see cref="long.MaxValue"/> with one
    /// shard.</summary>
    public long LookaheadNanoseconds => _distances?.Lookahead ?? long.MaxValue;

    internal RunPlan Plan => _plan;

    /// <summary>Adds a machine with its actors, as <see cref="RunEngine.Add"/>.</summary>
    public void Add(MachineRef machine, Actor root, IEnumerable<Actor> others) => _plan.Add(machine, [root, .. others]);

    /// <summary>Declares a wire, as <see cref="RunEngine.DeclareWire"/>.</summary>
    public void DeclareWire(MachineRef from, MachineRef to, long leastLatencyNanoseconds) =>
        _plan.Wires.Add(from, to, leastLatencyNanoseconds);

    /// <summary>Hosts a shard here: its machines' actors are admitted and have not started.</summary>
    /// <exception cref="EngineException">It is hosted already.</exception>
    public HostedShard Host(int index)
    {
        lock (_gate)
        {
            ShardMap map = _map ??= MakeSlots();
            if (_shards.ContainsKey(index))
            {
                throw new EngineException($"Shard {index} of epoch {Epoch} is hosted here already.");
            }

            ShardDistances distances = _distances!; // MakeSlots made them.
            Shard shard = new(index, _options.Seed, _plan.Wires.LeastOfAll, distances, detail: false);
            foreach (PlannedMachine planned in _plan.Machines.Where(m => map.Of(m.Machine) == index))
            {
                MachineSlot slot = new(planned.Machine, index, shard);
                planned.Machine.EngineSlot = slot;
                foreach (Actor actor in planned.Actors)
                {
                    slot.Admit(actor);
                }
            }

            HostedShard hosted = new(this, shard, distances, _options.Projections);
            _shards.Add(index, hosted);
            _hosted = [.. _hosted, hosted];
            return hosted;
        }
    }

    /// <summary>The shard of that number if it is hosted here, or null.</summary>
    public HostedShard? Find(int index)
    {
        lock (_gate)
        {
            return _shards.GetValueOrDefault(index);
        }
    }

    /// <summary>Takes what a shard of another process says of a window, for all shards here; any thread may
    /// call.</summary>
    /// <returns>Whether it was new.</returns>
    /// <exception cref="FormatException">It is no notice.</exception>
    public bool Accept(ReadOnlyMemory<byte> notice)
    {
        WindowNotice read = WindowNotice.Read(new CanonicalReader(notice));
        return read.Epoch == Epoch && Tell(read);
    }

    /// <summary>Tells the shards here what one of them, or of others, says of a window.</summary>
    internal bool Tell(WindowNotice notice)
    {
        bool isNew = false;
        foreach (HostedShard shard in _hosted)
        {
            isNew |= shard.Accept(notice);
        }

        return isNew;
    }

    /// <summary>The shard that is told for a shard's process: the first that sits there.</summary>
    internal int AddresseeFor(int shard) => Array.IndexOf(_seats, _seats[shard]);

    /// <summary>The processes other than a shard's own, each by the shard that is told for it.</summary>
    internal int[] OthersThan(int shard) =>
        [.. Enumerable.Range(0, _seats.Length).Where(i => AddresseeFor(i) == i && !AreTogether(i, shard))];

    /// <summary>Whether two shards are in one process.</summary>
    internal bool AreTogether(int one, int other) => _seats[one] == _seats[other];

    private ShardMap MakeSlots()
    {
        ShardMap map = _plan.Map(_options.Shards);
        _distances = _plan.Wires.Distances(map);
        foreach (PlannedMachine planned in _plan.Machines)
        {
            planned.Machine.EngineSlot = new MachineSlot(planned.Machine, map.Of(planned.Machine), shard: null);
        }

        return map;
    }
}
