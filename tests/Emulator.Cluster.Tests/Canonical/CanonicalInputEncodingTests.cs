using Emulator.Cluster.Canonical;
using Emulator.Core.Actors;
using Emulator.Core.Tests.Canonical;
using Emulator.Engine.Inputs;
using Emulator.Linux.Netlink;

namespace Emulator.Cluster.Tests.Canonical;

/// <summary>Messages as lines of an input log.</summary>
public sealed class CanonicalInputEncodingTests
{
    private readonly CanonicalInputEncoding _inputs = new(new MessageCodec(), SampleMessages.Directory);

    public static TheoryData<string> Names => [.. SampleMessages.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_is_a_line_and_back(string name)
    {
        Message message = SampleMessages.All[name];

        string line = _inputs.Encode(message);

        Assert.StartsWith(message.GetType().Name + " ", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\t', line);
        Assert.Equal(FieldText.Of(message), FieldText.Of(_inputs.Decode(line)));
    }

    // Version 2, netlink's tag 4, KillProcess' 2, a new name (0) of 4 bytes: 02 04 02 00 04 65 63 68 6F in base64.
    [Fact]
    public void A_line_can_be_read_by_its_description() =>
        Assert.Equal("KillProcess AgQCAARlY2hv", _inputs.Encode(new KillProcess("echo")));

    [Theory]
    [InlineData("KillProcess", "'KillProcess' is no input; it is a type's name, a space and bytes in base64.")]
    [InlineData("Kill !", "'Kill !' is no input; it is a type's name, a space and bytes in base64.")]
    [InlineData("Dump AgQCAARlY2hv", "'Dump AgQCAARlY2hv' says Dump, and its bytes are a KillProcess.")]
    [InlineData(
        "KillProcess AwQCAARlY2hv",
        "an input of the codec's version 3, and this program speaks 2; replay it with the program that recorded it.")]
    [InlineData("KillProcess AgQCAARlY2hvAA==", "Encoded message, byte 9 of 10: 1 bytes are left over.")]
    [InlineData("KillProcess AgQCAARl", "Encoded message, byte 5 of 6: 4 things do not fit in the rest.")]
    public void Says_what_is_wrong_with_a_line(string line, string problem) =>
        Assert.Equal(problem, Assert.Throws<FormatException>(() => _inputs.Decode(line)).Message);
}
