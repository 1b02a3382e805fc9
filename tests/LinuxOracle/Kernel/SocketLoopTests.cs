namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>The thread that waits for the real sockets.</summary>
public sealed class SocketLoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [OracleTheory]
    [InlineData("a socket behaves as none should")]
    public void A_failure_on_its_thread_is_told_to_who_asks_for_what_was_seen(string why)
    {
        int calls = 0;
        using var told = new ManualResetEventSlim();
        using var loop = new SocketLoop();
        loop.Changed = () =>
        {
            if (calls++ == 0)
            {
                throw new InvalidOperationException(why);
            }

            told.Set();
        };

        loop.CloseAll(); // Wakes the thread.

        Assert.True(told.Wait(Patience));
        Assert.Equal(why, Assert.Throws<InvalidOperationException>(() => loop.Seen).InnerException?.Message);
    }
}
