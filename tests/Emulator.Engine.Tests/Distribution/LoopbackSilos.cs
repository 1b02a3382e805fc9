using Emulator.Core.Canonical;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Tests.Distribution;

/// <summary>Silos inside the test's process, with everything that can go wrong on the way.</summary>
/// <param name="options">The run's.</param>
/// <param name="silos">How many silos.</param>
/// <param name="codec">How they write messages for each other.</param>
/// <param name="populate">Builds the machines on a silo; each builds them all.</param>
public sealed class LoopbackSilos(EngineOptions options, int silos, IMessageCodec codec, Action<HostedRun> populate)
    : IShardTransport
{
    private readonly HashSet<int> _dead = [];
    private readonly HashSet<(int, int, long)> _lostOnce = [];
    private HostedRun[] _runs = [];
    private int _orders;

    public EngineOptions Options => options;

    /// <summary>Every batch is delivered so often.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Every batch is lost the first time that it is sent.</summary>
    public bool LosesFirst { get; init; }

    /// <summary>The silo that dies when so many windows were ordered, by that number.</summary>
    public Dictionary<int, int> DiesAtOrder { get; init; } = [];

    /// <summary>Orders that get no answer the first time, though they are carried out.</summary>
    public HashSet<int> SilentAtOrder { get; init; } = [];

    /// <summary>How many windows were ordered from single shards.</summary>
    public int Orders => _orders;

    /// <summary>Batches that came twice and were dropped.</summary>
    public int Repeated { get; private set; }

    /// <summary>Batches that were sent again.</summary>
    public int Resent { get; private set; }

    public IReadOnlyList<IShardSeat> Open(int epoch)
    {
        int[] living = [.. Enumerable.Range(0, silos).Where(s => !_dead.Contains(s))];
        _runs = new HostedRun[silos];
        foreach (int silo in living)
        {
            _runs[silo] = new HostedRun(epoch, options, codec);
            populate(_runs[silo]);
        }

        var seats = new Seat[options.Shards];
        for (int i = 0; i < seats.Length; i++)
        {
            int silo = living[i % living.Length];
            seats[i] = new Seat(this, seats, silo, _runs[silo].Host(i));
        }

        return seats;
    }

    public void Close(IReadOnlyList<IShardSeat> seats)
    {
    }

    public void Dispose()
    {
    }

    private sealed class Seat(LoopbackSilos silos, Seat[] seats, int silo, HostedShard shard) : IShardSeat
    {
        public string Silo => $"silo-{silo}";

        private bool IsDead => silos._dead.Contains(silo);

        public Task<WindowReport> Start(JournalInterest interest)
        {
            WindowReport report = shard.Start(interest);
            SendAll();
            return Task.FromResult(report);
        }

        public async Task<WindowReport> Run(WindowOrder order)
        {
            int number = ++silos._orders;
            if (silos.DiesAtOrder.Remove(number, out int victim))
            {
                silos._dead.Add(victim);
            }

            if (IsDead)
            {
                throw new ShardLostException($"{Silo} is dead");
            }

            if (shard.ReportOf(order.Window) is WindowReport again)
            {
                return again;
            }

            IReadOnlyList<BatchTicket> late = await shard.Await(order, TimeSpan.Zero);
            if (late.Any(batch => seats[batch.From].IsDead))
            {
                return new WindowReport { Window = order.Window, NextTime = 0, Events = 0, Sent = [], Missing = late };
            }

            foreach (BatchTicket missing in late)
            {
                OutgoingBatch batch = seats[missing.From].Find(shard.Index, missing.Window);
                silos.Resent++;
                shard.Accept(batch.Ticket.From, batch.Ticket.Window, batch.Bytes);
            }

            shard.Open(order);
            while (order.Window % 2 == 0 && shard.Take() is Delivery delivery)
            {
                delivery.Carry(); // One by one, as grains do it; the other windows at one go.
            }

            shard.Run();
            WindowReport report = shard.Close(order.Window, grainCalls: 0);
            SendAll();
            return silos.SilentAtOrder.Remove(number) ? throw new TimeoutException($"{Silo} does not answer.") : report;
        }

        public Task<ShardTotals> Totals() => IsDead
            ? throw new ShardLostException($"{Silo} is dead") : Task.FromResult(shard.Totals());

        public Task<string?> FindIncarnation(string machine, string actor) =>
            Task.FromResult(shard.FindActor(machine, actor)?.Self.Incarnation);

        private OutgoingBatch Find(int to, long window) => shard.Resend(to, window)
            ?? throw new InvalidOperationException($"Shard {shard.Index} has let go of window {window} too early.");

        private void SendAll()
        {
            foreach (OutgoingBatch batch in shard.Outgoing)
            {
                if (silos.LosesFirst && silos._lostOnce.Add((batch.Ticket.From, batch.To, batch.Ticket.Window)))
                {
                    continue;
                }

                for (int i = 0; i < silos.Copies; i++)
                {
                    bool isNew = seats[batch.To].Accept(batch);
                    silos.Repeated += isNew ? 0 : 1;
                }
            }
        }

        private bool Accept(in OutgoingBatch batch) =>
            shard.Accept(batch.Ticket.From, batch.Ticket.Window, batch.Bytes);
    }
}
