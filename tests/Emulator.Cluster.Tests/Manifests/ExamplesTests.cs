using Emulator.Cluster.Manifests;
using Emulator.Core.Documents;
using Emulator.Engine.Manifests;

namespace Emulator.Cluster.Tests.Manifests;

public sealed class ExamplesTests
{
    [Theory]
    [InlineData("shop", 9, 26, 3)]
    [InlineData("linux-facts/vxlan", 2, 12, 0)]
    [InlineData("linux-facts/hostgw", 2, 12, 0)]
    [InlineData("thousand-nodes", 1000, 2, 0)]
    public void Every_example_is_read_and_wholly_modelled(string folder, int nodes, int objects, int traffic)
    {
        ManifestSet read = ManifestReader.Read([Path.Combine(Root(), "examples", folder)], TextReader.Null);
        var errors = new List<ManifestError>();
        ClusterInput? input = ClusterInput.From(read.Documents, errors);

        Assert.Empty(read.Errors.Concat(errors));
        Assert.NotNull(input);
        Assert.Equal((nodes, objects, traffic), (input.Cluster.Nodes.Count, input.Objects.Count, input.Traffic.Count));
        Assert.Equal("", input.NotModelled.ToString());
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Emulator.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Emulator.sln is in no folder above the tests.");
    }
}
