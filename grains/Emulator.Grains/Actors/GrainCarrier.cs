using Emulator.Engine.Distribution;
using Orleans.Concurrency;

namespace Emulator.Grains.Actors;

/// <summary>
/// Delivers a shard's messages by grain calls, one after the other: each receiver's grain, when it has taken its
/// message,
/// sends the next on its way.
/// </summary>
/// <param name="shard">The shard.</param>
/// <param name="run">The run and its epoch.</param>
/// <param name="registrar">Introduces newborn actors to their grains.</param>
public sealed class GrainCarrier(HostedShard shard, string run, ActorRegistrar registrar)
{
    /// <summary>How long no message may arrive before the shard counts as lost.</summary>
    public static readonly TimeSpan StillnessMax = TimeSpan.FromSeconds(90);

    private TaskCompletionSource _ended = new();

    /// <summary>Calls made since the start.</summary>
    public long Calls { get; private set; }

    /// <summary>Carries every message of the open window; done when the last has been taken.</summary>
    /// <exception cref="ShardLostException">A message did not arrive: one-way calls report no failure.</exception>
    public async Task Run()
    {
        _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Next();
        long seen = -1;
        while (!_ended.Task.IsCompleted)
        {
            if (seen == Calls)
            {
                throw new ShardLostException($"no message has arrived for {StillnessMax.TotalSeconds} s");
            }

            seen = Calls;
            try
            {
                await _ended.Task.WaitAsync(StillnessMax);
            }
            catch (TimeoutException)
            {
                // Looks again whether the calls go on.
            }
        }

        await _ended.Task;
    }

    /// <summary>Sends the next message on its way, or ends the window.</summary>
    public void Next()
    {
        try
        {
            if (shard.Take() is not Delivery delivery)
            {
                _ended.TrySetResult();
                return;
            }

            Calls++;
            if (delivery.Handle is IActorGrain grain)
            {
                _ = grain.Receive(new Immutable<Carriage>(new Carriage(delivery, this)));
            }
            else
            {
                _ = Introduce(delivery);
            }
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    /// <summary>The window cannot go on.</summary>
    public void Fail(Exception exception) => _ended.TrySetException(exception);

    /// <summary>A newborn actor's first message waits until its grain has it.</summary>
    private async Task Introduce(Delivery delivery)
    {
        try
        {
            IActorGrain grain = await registrar.Register(delivery.Actor, run);
            delivery.Handle = grain;
            await grain.Receive(new Immutable<Carriage>(new Carriage(delivery, this)));
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }
}
