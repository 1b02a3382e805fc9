using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;

namespace Emulator.Bench;

/// <summary>Sends one-way datagrams of 64 bytes at a steady pace.</summary>
internal sealed record UdpSender(Endpoint To, long IntervalNanoseconds, int Count, long OffsetNanoseconds)
    : Linux.Processes.Program
{
    public override string Name => "udp-sender";

    public override Process Start() => new Sending(this);

    private sealed class Sending(UdpSender program) : Process
    {
        private static readonly Payload Bytes = new FillerPayload(64);
        private UdpSocket? _socket;
        private int _sent;
        private ulong _flow;

        public override void OnStart(ProcessContext context)
        {
            _flow = context.NewFlow();
            context.TryBindUdp(0, out _socket, out _);
            context.StartTimer(1, new SimDuration(program.OffsetNanoseconds));
        }

        public override void OnTimer(int timer, ProcessContext context)
        {
            context.Send(_socket!, program.To, Bytes, _flow); // Bound at the start.
            if (++_sent < program.Count)
            {
                context.StartTimer(1, new SimDuration(program.IntervalNanoseconds));
            }
        }
    }
}
