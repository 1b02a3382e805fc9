using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>The timers of one process, by the numbers that it gave them: a handful, looked through.</summary>
internal sealed class ProcessTimers
{
    private int[] _numbers = [];
    private RearmingTimer<ProcessTimer>[] _timers = [];

    /// <summary>The timer of a number, made when it is first asked for. The reference holds until the next
    /// call.</summary>
    public ref RearmingTimer<ProcessTimer> Slot(int number)
    {
        int place = Array.IndexOf(_numbers, number);
        if (place < 0)
        {
            place = _numbers.Length;
            Array.Resize(ref _numbers, place + 1);
            Array.Resize(ref _timers, place + 1);
            _numbers[place] = number;
        }

        return ref _timers[place];
    }
}
