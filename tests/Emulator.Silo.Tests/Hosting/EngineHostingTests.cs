using Emulator.Silo.Configuration;
using Emulator.Silo.Hosting;

namespace Emulator.Silo.Tests.Hosting;

public class EngineHostingTests
{
    [Fact]
    public void The_engine_in_one_process_is_refused_with_what_to_use_instead()
    {
        var refused = Assert.Throws<RefusedException>(() => EngineHosting.Require(EngineKind.Process));

        Assert.Contains("use ./emulator run", refused.Message, StringComparison.Ordinal);
    }

#if !WITH_ORLEANS
    [Fact]
    public void Orleans_is_refused_where_it_was_not_compiled_in_with_the_property_and_the_packages()
    {
        var refused = Assert.Throws<RefusedException>(() => EngineHosting.Require(EngineKind.Orleans));

        Assert.Contains("WithOrleans=true", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.Orleans.Server", refused.Message, StringComparison.Ordinal);
        Assert.Contains("./emulator silo", refused.Message, StringComparison.Ordinal);
    }
#endif
}
