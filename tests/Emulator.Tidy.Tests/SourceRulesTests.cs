namespace Emulator.Tidy.Tests;

/// <summary>Each rule is shown a bad sample that it must find and a good one that it must leave.</summary>
public class SourceRulesTests
{
    private const string CorePath = "core/Emulator.Core/X.cs";

    [Theory]
    [InlineData("line length", 120, 121)]
    [InlineData("file length", 400, 401)]
    public void Length_is_allowed_up_to_its_bound(string rule, int good, int bad)
    {
        string Text(int size) => rule == "line length"
            ? new string('x', size)
            : string.Join('\n', Enumerable.Repeat("x", size));

        Assert.Empty(Check(rule, CorePath, Text(good) + "\n"));
        Assert.Single(Check(rule, CorePath, Text(bad) + "\n"));
    }

    [Theory]
    [InlineData(70, 0)]
    [InlineData(71, 1)]
    public void A_function_is_allowed_to_fill_a_screen(int lines, int breaches)
    {
        string body = string.Join('\n', Enumerable.Repeat("        x();", lines));
        string text = $"public class A\n{{\n    void F()\n    {{\n{body}\n    }}\n}}\n";

        Assert.Equal(breaches, Check("function length", CorePath, text).Count());
    }

    [Theory]
    [InlineData("public sealed class RouteManager(int x)", 1)]
    [InlineData("internal static class StringHelper", 1)]
    [InlineData("public readonly record struct PodInfo(int X);", 1)]
    [InlineData("    private sealed record RowData(int X);", 1)]
    [InlineData("public abstract class ActorBase", 1)]
    [InlineData("public interface ICommon", 1)]
    [InlineData("public sealed class Database", 0)]
    [InlineData("public sealed class InfoLine", 0)]
    [InlineData("public sealed class ReplicaSetController", 0)]
    [InlineData("/// a class PodInfo that was", 0)]
    public void Type_names_end_in_a_word_that_says_something(string line, int breaches)
    {
        Assert.Equal(breaches, Check("type names", CorePath, "namespace X;\n" + line + "\n").Count());
    }

    [Theory]
    [InlineData("core/A/PathUtil.cs", 1)]
    [InlineData("core/A/Path.cs", 0)]
    public void File_names_too(string path, int breaches) =>
        Assert.Equal(breaches, Check("file names", path, "").Count());

    [Theory]
    [InlineData("// TO" + "DO later", 1)]
    [InlineData("// FIX" + "ME", 1)]
    [InlineData("throw new NotImplemented" + "Exception();", 1)]
    [InlineData("throw new NotSupportedException();", 0)]
    public void Unfinished_work_is_refused_aloud(string line, int breaches) =>
        Assert.Equal(breaches, Check("unfinished work", CorePath, line).Count());

    [Fact]
    public void Regions_are_found() => Assert.Single(Check("regions", CorePath, "    #" + "region Private"));

    [Theory]
    [InlineData("public sealed partial class Node\n{", 1)]
    [InlineData("public static partial class Texts\n[GeneratedRegex(\"x\")]", 0)]
    [InlineData("/// A partial class of traffic", 0)]
    public void Partial_types_are_for_generated_expressions_only(string text, int breaches) =>
        Assert.Equal(breaches, Check("partial types", CorePath, text).Count());

    [Theory]
    [InlineData("core/Emulator.Core/X.cs", "return HashCode.Combine(a, b);", 1)]
    [InlineData("core/Emulator.Core/X.cs", "public override int GetHashCode() => name.GetHashCode();", 1)]
    [InlineData("core/Emulator.Core/X.cs", "int bucket = RuntimeHelpers.GetHashCode(key) & 7;", 1)]
    [InlineData("core/Emulator.Core/X.cs", "public override int GetHashCode() => (int)StableHash.Of(name);", 0)]
    [InlineData("engine/Emulator.Engine/X.cs", "int bucket = name.GetHashCode();", 0)]
    [InlineData("core/Emulator.Core/X.cs", "return StableHash.Combine(a, b);", 0)]
    public void Core_does_not_use_hash_codes(string path, string line, int breaches) =>
        Assert.Equal(breaches, Check("hash codes in core", path, line).Count());

    [Theory]
    [InlineData("core/Emulator.Core/X.cs", "long t = DateTime.UtcNow.Ticks;", 1)]
    [InlineData("core/Emulator.Core/X.cs", "var t = DateTimeOffset.Now;", 1)]
    [InlineData("core/Emulator.Core/X.cs", "var r = new Random(1);", 1)]
    [InlineData("engine/Emulator.Engine/Execution/X.cs", "Guid.NewGuid()", 1)]
    [InlineData("client/Emulator.Client/X.cs", "DateTime.UtcNow", 0)]
    [InlineData("core/Emulator.Core/X.cs", "SimTime t = outbox.Now;", 0)]
    public void Core_and_the_execution_of_the_engine_look_at_no_clock(string path, string line, int breaches) =>
        Assert.Equal(breaches, Check("clocks and dice", path, line).Count());

    [Theory]
    [InlineData("tests/X/Y.cs", 1)]
    [InlineData("client/X/Y.cs", 0)]
    public void Tests_do_not_sleep(string path, int breaches) =>
        Assert.Equal(breaches, Check("sleeping tests", path, "Thread." + "Sleep(5);").Count());

    private static IEnumerable<string> Check(string rule, string path, string text) =>
        SourceRules.All[rule](new SourceFile(path, text));
}
