using Emulator.Core.Actors;

namespace Emulator.Engine.Inputs;

/// <summary>
/// Where other threads leave what comes from outside until the engine takes it, with all shards stopped.
/// </summary>
internal sealed class InputQueue
{
    /// <summary>How many inputs may wait to be taken.</summary>
    public const int WaitingMax = 100_000;

    private readonly object _gate = new();
    private List<(ActorRef To, Message Message)> _waiting = [];
    private List<(ActorRef To, Message Message)> _taken = [];
    private volatile bool _any;
    private bool _woken;

    /// <summary>Leaves an input; called from any thread.</summary>
    /// <exception cref="InvalidOperationException">Too many wait: the run does not keep up with its inputs.</exception>
    public void Add(ActorRef to, Message message)
    {
        lock (_gate)
        {
            if (_waiting.Count == WaitingMax)
            {
                throw new InvalidOperationException($"{WaitingMax:N0} inputs wait already; let the run advance first.");
            }

            _waiting.Add((to, message));
            _any = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes what waits, in order of arrival. The list is valid until the next call.</summary>
    public IReadOnlyList<(ActorRef To, Message Message)> Take()
    {
        if (!_any)
        {
            return [];
        }

        lock (_gate)
        {
            (_waiting, _taken) = (_taken, _waiting);
            _waiting.Clear();
            _any = false;
            return _taken;
        }
    }

    /// <summary>Waits for an input, or until <see cref="Wake"/> or the time has passed.</summary>
    public void Wait(int milliseconds)
    {
        lock (_gate)
        {
            if (!_any && !_woken)
            {
                Monitor.Wait(_gate, milliseconds);
            }

            _woken = false;
        }
    }

    /// <summary>Ends a wait, or the next one if none is under way.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.PulseAll(_gate);
        }
    }
}
