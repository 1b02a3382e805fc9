using Emulator.Core.Actors;

namespace Emulator.Core.Tests.Canonical;

/// <summary>The text by which codecs' tests compare objects. Expected: by hand.</summary>
public sealed class FieldTextTests
{
    [Fact]
    public void Actors_of_one_name_on_two_machines_have_two_texts()
    {
        var one = new ActorRef("pod/web", "uid-1", new MachineRef("node-1", "a"));
        var other = new ActorRef("pod/web", "uid-1", new MachineRef("node-2", "a"));

        Assert.Equal("node-1|pod/web|uid-1", FieldText.Of(one));
        Assert.Equal("node-2|pod/web|uid-1", FieldText.Of(other));
    }

    [Fact]
    public void Types_and_public_fields_are_told() =>
        Assert.Equal(
            "[One{Number=7 } Other{Number=7 } ]", FieldText.Of(new object[] { new One(7), new Other(7) }));

    /// <summary>Such as a chance's complement, which has one itself.</summary>
    [Fact]
    public void What_a_structure_computes_of_its_own_type_is_left_out() =>
        Assert.Equal("Half{Number=3 }", FieldText.Of(new Half(3)));

    private sealed record One(int Number);

    private sealed class Other(int number)
    {
        public readonly int Number = number;
    }

    private readonly record struct Half(int Number)
    {
        public Half Complement => new(-Number);
    }
}
