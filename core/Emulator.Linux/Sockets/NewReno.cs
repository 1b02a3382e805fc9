using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>One segment more each round trip, half the window after a loss.</summary>
/// <remarks>Source: RFC 5681; Linux tcp_cong.c (tcp_reno).</remarks>
internal sealed class NewReno : CongestionAlgorithm
{
    /// <inheritdoc/>
    public override int Reduce(int window) => Math.Max(window / 2, 2);

    /// <inheritdoc/>
    public override void Grow(CongestionControl control, int delivered, SimTime now)
    {
        if (control.InSlowStart)
        {
            delivered = control.SlowStart(delivered);
        }

        if (delivered > 0)
        {
            Add(control, control.Window, delivered);
        }
    }
}
