using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>A network namespace of its own, and the thread that lives in it.</summary>
/// <remarks>
/// The namespace has no name: it ends with the last thread, socket and process in it, so that a run that dies leaves
/// nothing behind and two runs cannot meet. Sockets opened and programs started on the thread belong to the namespace
/// and may be used from anywhere. Source: network_namespaces(7), unshare(2).
/// </remarks>
internal sealed class NetnsThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public NetnsThread(string name)
    {
        Name = name;
        _thread = new Thread(Work) { IsBackground = true, Name = $"netns {name}" };
        _thread.Start();
        Tid = Run(() =>
        {
            Libc.Check(Libc.Unshare(Libc.CloneNewNet), "unshare(CLONE_NEWNET)");
            return Libc.GetTid();
        });
    }

    /// <summary>The host's name in the lab.</summary>
    public string Name { get; }

    /// <summary>The thread's number, by which <c>ip link … netns</c> finds the namespace.</summary>
    public int Tid { get; }

    /// <summary>Does something inside the namespace.</summary>
    public void Run(Action action) => Run(() =>
    {
        action();
        return 0;
    });

    /// <summary>Does something inside the namespace and gives its result.</summary>
    public T Run<T>(Func<T> function)
    {
        using var done = new ManualResetEventSlim();
        T result = default!; // Set before the event is.
        ExceptionDispatchInfo? failure = null;
        _work.Add(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }

            done.Set();
        });
        done.Wait();
        failure?.Throw();
        return result;
    }

    /// <summary>Writes a kernel setting of the namespace; false where this kernel has none of that name.</summary>
    public bool TrySetSysctl(string name, string value) => Run(() =>
    {
        string path = "/proc/sys/" + name.Replace('.', '/');
        if (!File.Exists(path))
        {
            return false;
        }

        File.WriteAllText(path, value);
        return true;
    });

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Work()
    {
        foreach (Action action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
