using Emulator.Core.Canonical;
using Emulator.Engine.Distribution;

namespace Emulator.Engine.Tests.Distribution;

/// <summary>What silos and the command line say to each other comes out as it went in, or not at all.</summary>
public sealed class StretchCodecTests
{
    private static readonly WindowNotice Notice = new()
    {
        Epoch = 2,
        From = 3,
        Window = 4_097,
        NextTime = long.MaxValue,
        KeptBytes = 70_000,
        Tickets = [new BatchTicket(0, 2, 900_000), new BatchTicket(1, 1, 1_000_001)],
        Batches = [(1, new byte[] { 7, 8, 9 })],
    };

    [Fact]
    public void A_notice_is_read_as_it_was_written()
    {
        WindowNotice read = WindowNotice.Read(new CanonicalReader(Bytes(Notice.Write)));

        Assert.Equal((2, 3, 4_097L, long.MaxValue, 70_000L),
            (read.Epoch, read.From, read.Window, read.NextTime, read.KeptBytes));
        Assert.Equal(Notice.Tickets, read.Tickets);
        Assert.Equal([7, 8, 9], read.BatchFor(1).ToArray());
        Assert.Equal(0, read.BatchFor(0).Length); // Its batch goes to another process.
        Assert.Equal(new BatchTicket(0, 2, 900_000), read.TicketFor(0));
        Assert.Null(read.TicketFor(2));
    }

    [Fact]
    public void A_notice_cut_off_at_any_byte_is_malformed()
    {
        byte[] bytes = Bytes(Notice.Write);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<FormatException>(() => WindowNotice.Read(new CanonicalReader(bytes.AsMemory(0, length))));
        }
    }

    [Fact]
    public void An_order_is_read_as_it_was_written()
    {
        var order = new StretchOrder
        {
            Epoch = 1,
            Stretch = 9,
            Until = 5_000_000_000,
            InputTimes = [long.MaxValue, 4_000_000],
            Inputs = new byte[] { 1, 2 },
            Interest = JournalInterest.Facts with { Flows = [77] },
        };

        StretchOrder read = StretchOrder.Read(new CanonicalReader(Bytes(order.Write)));

        Assert.Equal((order.Epoch, order.Stretch, order.Until, order.Interest),
            (read.Epoch, read.Stretch, read.Until, read.Interest));
        Assert.Equal(order.InputTimes, read.InputTimes);
        Assert.Equal([1, 2], read.Inputs.ToArray());
    }

    [Fact]
    public void A_report_is_read_as_it_was_written()
    {
        var report = new StretchReport
        {
            Stretch = 9,
            Window = 123,
            IsUnfinished = true,
            MissingFrom = [2, 0],
            Reached = 5_000_000,
            NextTime = 6_000_000,
            BusyWindows = 11,
            Batches = 12,
            Messages = 13,
            Events = 14,
            GrainCalls = 15,
            Journal = new byte[] { 4, 5 },
            JournalWindows = [(120, 3), (123, 1)],
            Failure = "it fell over",
        };

        StretchReport read = StretchReport.Read(new CanonicalReader(Bytes(report.Write)));

        Assert.Equal([4, 5], read.Journal.ToArray());
        Assert.Equal(report.MissingFrom, read.MissingFrom);
        Assert.Equal(report.JournalWindows, read.JournalWindows);
        Assert.Equal(
            report with { Journal = default, MissingFrom = [], JournalWindows = [] },
            read with { Journal = default, MissingFrom = [], JournalWindows = [] });
    }

    private static byte[] Bytes(Action<CanonicalWriter> write)
    {
        var writer = new CanonicalWriter();
        write(writer);
        return writer.ToArray();
    }
}
