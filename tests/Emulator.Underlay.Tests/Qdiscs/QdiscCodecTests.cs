using Emulator.Core.Canonical;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Underlay.Tests.Qdiscs;

/// <summary>Bytes that nobody could have written are refused when they are read, not at the first frame.</summary>
public sealed class QdiscCodecTests
{
    [Fact]
    public void Refuses_a_distribution_that_there_is_not()
    {
        var writer = new CanonicalWriter();
        QdiscCodec.Write(writer, new NetemOptions { Distribution = (DelayDistribution)200 });

        FormatException refused = Assert.Throws<FormatException>(
            () => QdiscCodec.ReadNetem(new CanonicalReader(writer.ToArray())));

        Assert.Contains("200 is no distribution of delays", refused.Message, StringComparison.Ordinal);
    }
}
