using Emulator.Core.Addresses;
using Emulator.Core.Time;

namespace Emulator.Underlay.Tests;

public class SwitchFdbTests
{
    private readonly SwitchFdb _fdb = new();

    [Fact]
    public void Learns_no_more_than_its_bound_and_makes_room_by_forgetting_the_aged()
    {
        for (int i = 0; i < SwitchFdb.EntriesMax; i++)
        {
            _fdb.Learn(Frames.Mac(i), 1, new SimTime(1));
        }

        _fdb.Learn(Frames.Mac(SwitchFdb.EntriesMax), 2, new SimTime(2));
        Assert.Equal(0, _fdb.Find(Frames.Mac(SwitchFdb.EntriesMax), new SimTime(2)));
        Assert.Equal(SwitchFdb.EntriesMax, _fdb.Count);

        SimTime later = new(SwitchFdb.AgeingNanoseconds + 1);
        _fdb.Learn(Frames.Mac(SwitchFdb.EntriesMax), 2, later);
        Assert.Equal(2, _fdb.Find(Frames.Mac(SwitchFdb.EntriesMax), later));
        Assert.Equal(1, _fdb.Count);
    }

    [Fact]
    public void Learns_no_group_address()
    {
        _fdb.Learn(new MacAddress(0x0100_5e00_0001), 1, SimTime.Zero);

        Assert.Equal(0, _fdb.Count);
    }
}
