using Emulator.Core.Canonical;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Tests.Distribution;

/// <summary>Silos inside the test's process, with everything that can go wrong on the way.</summary>
/// <remarks>All shards share one scheduler, on which one of them runs at a time, in turn.</remarks>
/// <param name="options">The run's.</param>
/// <param name="silos">How many silos.</param>
/// <param name="codec">How they write messages for each other.</param>
/// <param name="populate">Builds the machines on a silo; each builds them all.</param>
public sealed class LoopbackSilos(EngineOptions options, int silos, IMessageCodec codec, Action<HostedRun> populate)
    : IShardTransport
{
    private readonly TaskScheduler _inTurn = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
    private readonly HashSet<int> _dead = [];
    private readonly HashSet<(int, int, long)> _lostOnce = [];
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _answers = [];
    private int _windows;
    private int _orders;

    public EngineOptions Options => options;

    /// <summary>Every notice is delivered so often.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Every notice is lost the first time that it is sent.</summary>
    public bool LosesFirst { get; init; }

    /// <summary>The silo that dies when shards have begun so many windows between them, by that number.</summary>
    public Dictionary<int, int> DiesAtWindow { get; init; } = [];

    /// <summary>Orders that get no answer the first time, though they are carried out.</summary>
    public HashSet<int> SilentAtOrder { get; init; } = [];

    /// <summary>How many orders notices between silo 0 and silo 1 are lost for, those asked for included.</summary>
    public int CutForOrders { get; init; }

    /// <summary>
    /// The silo whose answers are held back until <see cref="Release"/>; the answers of all others have come before
    /// anybody waits for these. Negative for none.
    /// </summary>
    public int HeldSilo { get; init; } = -1;

    /// <summary>How often all shards were seated.</summary>
    public int Epochs { get; private set; }

    /// <summary>Bytes of journals that were reported.</summary>
    public long JournalBytes { get; private set; }

    /// <summary>How many windows shards have begun between them.</summary>
    public int Windows => _windows;

    /// <summary>Notices that were sent to other silos for the first time.</summary>
    public int Sent { get; private set; }

    /// <summary>Notices that came twice and were dropped.</summary>
    public int Repeated { get; private set; }

    /// <summary>Notices that were sent again.</summary>
    public int Resent { get; private set; }

    /// <summary>Lets the held silo's answers come.</summary>
    public void Release() => _released.TrySetResult();

    public IReadOnlyList<IShardSeat> Open(int epoch)
    {
        Epochs++;
        int[] living = [.. Enumerable.Range(0, silos).Where(s => !_dead.Contains(s))];
        int[] numbers = [.. Enumerable.Range(0, options.Shards).Select(i => living[i % living.Length])];
        var runs = new HostedRun[silos];
        foreach (int silo in living)
        {
            runs[silo] = new HostedRun(epoch, options, numbers, codec);
            populate(runs[silo]);
        }

        var seats = new Seat[options.Shards];
        for (int i = 0; i < seats.Length; i++)
        {
            HostedRun run = runs[numbers[i]];
            seats[i] = new Seat(this, seats, numbers[i], run, run.Host(i));
        }

        return seats;
    }

    public void Close(IReadOnlyList<IShardSeat> seats)
    {
    }

    public void Dispose()
    {
    }

    private Task<StretchReport> Hold(int silo, Task<StretchReport> answer)
    {
        if (HeldSilo < 0)
        {
            return answer;
        }

        bool isHeld = silo == HeldSilo && !_released.Task.IsCompleted;
        _answers.Add(isHeld ? Task.CompletedTask : answer);
        if (_answers.Count == options.Shards)
        {
            Task.WaitAll(_answers);
            _answers.Clear();
        }

        return isHeld ? AfterRelease() : answer;

        async Task<StretchReport> AfterRelease()
        {
            await _released.Task;
            return await answer;
        }
    }

    private sealed class Seat : IShardSeat, IShardSurroundings
    {
        private readonly LoopbackSilos _silos;
        private readonly Seat[] _seats;
        private readonly int _silo;
        private readonly HostedRun _run;
        private readonly HostedShard _shard;
        private readonly ShardConductor _conductor;

        public Seat(LoopbackSilos silos, Seat[] seats, int silo, HostedRun run, HostedShard shard)
        {
            _silos = silos;
            _seats = seats;
            _silo = silo;
            _run = run;
            _shard = shard;
            _conductor = new ShardConductor(shard, this) { AskAfter = TimeSpan.FromMilliseconds(2) };
        }

        public string Silo => $"silo-{_silo}";

        public long GrainCalls { get; private set; }

        private bool IsDead => _silos._dead.Contains(_silo);

        public Task<StretchReport> Run(StretchOrder order) => _silos.Hold(_silo, Task.Factory.StartNew(
            () => RunInTurn(order), CancellationToken.None, TaskCreationOptions.None, _silos._inTurn).Unwrap());

        public Task Deliver()
        {
            if (_silos.DiesAtWindow.Remove(++_silos._windows, out int victim))
            {
                _silos._dead.Add(victim);
            }

            RefuseWhenDead();
            if (_shard.Window == 0)
            {
                _shard.Start();
            }

            while (_shard.Window % 2 == 1 && _shard.Take() is Delivery delivery)
            {
                GrainCalls++;
                delivery.Carry(); // One by one, as grains do it; the other windows at one go.
            }

            _shard.Run();
            return Task.CompletedTask;
        }

        public void Send(IReadOnlyList<OutgoingNotice> notices)
        {
            foreach (OutgoingNotice notice in notices)
            {
                _silos.Sent++;
                if (!_silos.LosesFirst || !_silos._lostOnce.Add((_shard.Index, notice.ToShard, notice.Window)))
                {
                    Carry(notice);
                }
            }
        }

        public void AskFor(int shard, long window)
        {
            if (!_seats[shard].IsDead && _seats[shard]._shard.Resend(_shard.Addressee, window) is { } notice)
            {
                _silos.Resent++;
                _seats[shard].Carry(notice);
            }
        }

        public Task<ShardTotals> Totals() => IsDead
            ? throw new ShardLostException($"{Silo} is dead") : Task.FromResult(_shard.Totals());

        public Task<string?> FindIncarnation(string machine, string actor) =>
            Task.FromResult(_shard.FindActor(machine, actor)?.Self.Incarnation);

        private async Task<StretchReport> RunInTurn(StretchOrder order)
        {
            int number = ++_silos._orders;
            RefuseWhenDead();
            StretchReport report = await _conductor.Run(order);
            RefuseWhenDead();
            _silos.JournalBytes += report.Journal.Length;
            return _silos.SilentAtOrder.Remove(number)
                ? throw new TimeoutException($"{Silo} does not answer.") : report;
        }

        private void RefuseWhenDead()
        {
            if (IsDead)
            {
                throw new ShardLostException($"{Silo} is dead");
            }
        }

        private void Carry(in OutgoingNotice notice)
        {
            Seat to = _seats[notice.ToShard];
            bool isCut = _silos._orders <= _silos.CutForOrders && _silo + to._silo == 1;
            for (int i = 0; i < _silos.Copies && !isCut; i++)
            {
                _silos.Repeated += to._run.Accept(notice.Bytes) ? 0 : 1;
            }
        }
    }
}
