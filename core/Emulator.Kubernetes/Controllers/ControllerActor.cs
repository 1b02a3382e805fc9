using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Controllers;

/// <summary>
/// A controller: compares what objects want with what is there, one object at a time, and asks the API server for the
/// difference.
/// </summary>
/// <remarks>
/// In: watch events and answers of the API server, its own timer. Out: API requests. An object is not looked at again
/// before all requests of the last look are answered; when one fails, it is retried by the rules of <see
/// cref="WorkQueue"/>.
/// </remarks>
public abstract class ControllerActor : Actor
{
    private const int QueueTimer = 1;

    private readonly Dictionary<ObjectKey, int> _inFlight = [];
    private readonly HashSet<ObjectKey> _failed = [];
    private LazyTimer _timer;

    /// <summary>A controller.</summary>
    /// <param name="self">Its address.</param>
    /// <param name="machineRoot">The root of its machine.</param>
    /// <param name="apiServer">The API server.</param>
    /// <param name="interval">The least time between two looks at one object.</param>
    protected ControllerActor(ActorRef self, ActorRef machineRoot, ActorRef apiServer, SimDuration interval)
        : base(self)
    {
        Client = new ApiClient(self, machineRoot, apiServer);
        Queue = new WorkQueue(interval);
    }

    /// <summary>Its API client.</summary>
    protected ApiClient Client { get; }

    /// <summary>What it must look at.</summary>
    protected WorkQueue Queue { get; }

    /// <inheritdoc/>
    public override void OnStart(Outbox outbox) => Client.Start(outbox);

    /// <inheritdoc/>
    public override void Receive(Message message, int port, Outbox outbox)
    {
        if (!Client.Handle(message, outbox))
        {
            switch (message)
            {
                case TimerMessage { Purpose: QueueTimer } timer:
                    _timer.Expired(Self, timer, outbox);
                    break;
                case TimerMessage timer:
                    OnTimer(timer, outbox);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException($"{Self} got {message.GetType().Name}");
            }
        }

        if (Client.HasSynced)
        {
            Work(outbox);
        }
    }

    /// <summary>Looks at one object and sends what must be done; every request goes through <see
    /// cref="Track"/>.</summary>
    protected abstract void Sync(ObjectKey key, Outbox outbox);

    /// <summary>One of the controller's own timers; their purposes are 2 and up.</summary>
    protected virtual void OnTimer(TimerMessage timer, Outbox outbox)
    {
    }

    /// <summary>The callback of a request made for an object: counts it as answered.</summary>
    /// <param name="key">For which object.</param>
    /// <param name="done">Looks at the answer; false asks for a retry. Null: any error does.</param>
    protected Action<ApiResponse, Outbox> Track(ObjectKey key, Func<ApiResponse, Outbox, bool>? done = null)
    {
        _inFlight[key] = _inFlight.GetValueOrDefault(key) + 1;
        return (response, outbox) =>
        {
            bool well = done?.Invoke(response, outbox) ?? response.Succeeded;
            if (!well)
            {
                _failed.Add(key);
            }

            Release(key, outbox);
        };
    }

    /// <summary>A key from which a controller is found by the reference that its object carries.</summary>
    protected static ObjectKey KeyOf(ApiObject owned, OwnerReference owner) => new(owned.Namespace, owner.Name);

    private void Work(Outbox outbox)
    {
        while (Queue.TryTake(outbox.Now, out ObjectKey key))
        {
            _inFlight[key] = 1;
            Sync(key, outbox);
            Release(key, outbox);
        }

        if (Queue.NextDue is SimTime due && !(_timer.IsArmed && _timer.Deadline <= due))
        {
            _timer.Arm(Self, QueueTimer, due, outbox);
        }
    }

    private void Release(ObjectKey key, Outbox outbox)
    {
        int left = _inFlight[key] - 1;
        if (left > 0)
        {
            _inFlight[key] = left;
            return;
        }

        _inFlight.Remove(key);
        if (_failed.Remove(key))
        {
            Queue.Retry(key, outbox.Now);
        }
        else
        {
            Queue.Forget(key);
        }

        Queue.Done(key, outbox.Now);
    }
}
