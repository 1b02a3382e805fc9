using Emulator.Silo.Storage;

namespace Emulator.Silo.Tests.Storage;

public class RetryScheduleTests
{
    [Fact]
    public void Pauses_double_up_to_five_seconds_and_end_with_the_patience()
    {
        var schedule = new RetrySchedule(TimeSpan.FromSeconds(20));
        var pauses = new List<double>();
        TimeSpan waited = TimeSpan.Zero;
        while (schedule.Next(waited) is TimeSpan pause)
        {
            pauses.Add(pause.TotalSeconds);
            waited += pause;
        }

        Assert.Equal([0.5, 1, 2, 4, 5, 5, 2.5], pauses);
        Assert.Equal(TimeSpan.FromSeconds(20), waited);
    }
}
