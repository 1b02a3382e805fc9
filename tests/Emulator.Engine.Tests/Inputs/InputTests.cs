using System.Globalization;
using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Engine.Clocks;
using Emulator.Engine.Execution;
using Emulator.Engine.Inputs;
using Emulator.Engine.Tests.Models;

namespace Emulator.Engine.Tests.Inputs;

public class InputTests
{
    private static readonly WordEncoding Encoding = new();
    private readonly ActorRef _root = new("root", "7", new MachineRef("node-1", "zone-a"));
    private readonly StringWriter _log = new();
    private Scripted? _actor;

    [Fact]
    public void Enters_at_the_next_whole_millisecond_and_is_logged_with_it()
    {
        using InProcessEngine engine = Build(new InputLog(_log, Encoding));
        engine.Inject(_root, new Note(1));
        engine.RunUntil(new SimTime(1_500_000));
        engine.Inject(_root, new Note(2));
        engine.RunUntil(new SimTime(3_000_000));
        engine.Inject(_root, new Note(3));
        engine.RunUntil(new SimTime(3_000_001));

        Assert.Equal([(0L, new Note(1)), (2_000_000L, new Note(2)), (3_000_000L, new Note(3))], _actor!.Told);
        Assert.Equal(
            [
                "emulator-inputs\t1",
                "0\tnode-1\troot\t7\tnote 1",
                "2000000\tnode-1\troot\t7\tnote 2",
                "3000000\tnode-1\troot\t7\tnote 3",
            ],
            _log.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Replaying_the_log_repeats_the_run(int shards)
    {
        EngineOptions options = new() { Seed = 3, InputLog = new InputLog(_log, Encoding) };
        StationModel live = StationModel.Build(options);
        using InProcessEngine first = live.Engine;
        first.RunUntil(new SimTime(4_200_000));
        for (int i = 0; i < 5; i++)
        {
            first.Inject(live.Stations[i * 3].Self, new Kick(100 + i));
            first.RunUntil(new SimTime(4_200_000 + (i * 700_000)));
        }

        live.Run();
        StationModel again = StationModel.Build(new EngineOptions { Seed = 3, Shards = shards });
        using InProcessEngine second = again.Engine;
        second.Replay(InputLog.Read(new StringReader(_log.ToString())), Encoding);
        again.Run();

        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(first.Statistics.Events, second.Statistics.Events);
        using InProcessEngine without = StationModel.Build(new EngineOptions { Seed = 3 }).Run().Engine;
        Assert.NotEqual(first.Digest, without.Digest);
    }

    [Fact]
    public void An_input_for_an_unknown_machine_is_refused()
    {
        using InProcessEngine engine = Build(null);
        EngineException refusal = Assert.Throws<EngineException>(
            () => engine.Replay([new RecordedInput(1_000_000, "node-9", "root", "", "note 1")], Encoding));
        Assert.Equal("Input at 0.001000000s: no machine is called node-9.", refusal.Message);
    }

    [Fact]
    public void A_log_of_another_version_is_refused()
    {
        FormatException refusal = Assert.Throws<FormatException>(
            () => InputLog.Read(new StringReader("emulator-inputs\t9")));
        Assert.Equal(
            "Not an input log of this version: the first line is 'emulator-inputs\t9', not "
            + "'emulator-inputs\t1'.",
            refusal.Message);
    }

    [Fact]
    public void A_line_that_lacks_a_field_is_refused_with_its_number()
    {
        FormatException refusal = Assert.Throws<FormatException>(
            () => InputLog.Read(new StringReader("emulator-inputs\t1\n0\tnode-1\troot\t\t1\n5\tnode-1")));
        Assert.StartsWith(
            "Input log, line 3: '5\tnode-1' is not time, machine, actor, incarnation and message", refusal.Message);
    }

    [Fact]
    public void A_stopped_clock_advances_by_what_was_asked_for()
    {
        using InProcessEngine engine = Build(null, ClockMode.Step);
        engine.Inject(_root, new Note(1));
        engine.Advance(SimDuration.FromMilliseconds(3));
        engine.Advance(SimDuration.FromMilliseconds(4));
        using CancellationTokenSource stop = new();
        Thread driver = new(() => engine.Drive(SimTime.Zero + SimDuration.FromSeconds(1), stop.Token));
        driver.Start();
        engine.Inject(_root, new Note(2));
        SpinWait.SpinUntil(() => engine.Now.Nanoseconds == 7_000_000, 10_000);
        stop.Cancel();
        driver.Join();

        Assert.Equal(7_000_000, engine.Now.Nanoseconds);
        Assert.Contains((0L, new Note(1)), _actor!.Told);
    }

    [Fact]
    public void A_paced_run_takes_inputs_while_nothing_happens_and_stops_when_told()
    {
        using InProcessEngine engine = Build(null, ClockMode.Realtime);
        using CancellationTokenSource stop = new();
        Thread driver = new(() => engine.Drive(SimTime.Zero + SimDuration.FromSeconds(1_000), stop.Token));
        driver.Start();
        engine.Inject(_root, new Note(1));
        SpinWait.SpinUntil(() => _actor!.Told.Count == 1, 10_000);
        stop.Cancel();
        driver.Join();

        Assert.Single(_actor!.Told);
        Assert.Equal(0, _actor.Told[0].Time % 1_000_000);
        Assert.True(engine.Now.Nanoseconds < 1_000_000_000_000, "the clock ran to the limit");
    }

    private InProcessEngine Build(InputLog? log, ClockMode? clock = null)
    {
        _actor = new Scripted(_root);
        InProcessEngine engine = new(new EngineOptions { InputLog = log, Clock = clock ?? ClockMode.Virtual });
        engine.Add(_root.Machine, _actor, []);
        return engine;
    }

    private sealed class WordEncoding : IInputEncoding
    {
        public string Encode(Message message) =>
            message is Kick kick ? $"kick {kick.Number}" : $"note {((Note)message).Number}";

        public Message Decode(string line)
        {
            int number = int.Parse(line[5..], CultureInfo.InvariantCulture);
            return line.StartsWith("kick ", StringComparison.Ordinal) ? new Kick(number) : new Note(number);
        }
    }
}
