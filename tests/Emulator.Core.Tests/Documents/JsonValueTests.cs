using Emulator.Core.Documents;

namespace Emulator.Core.Tests.Documents;

public sealed class JsonValueTests
{
    private const string Text = """{"a":{"b":[1,2.50,true,null,"x"]},"c":"d","e":{}}""";

    [Fact]
    public void Writes_what_it_read_numbers_and_order_included() => Assert.Equal(Text, JsonText.Parse(Text).ToString());

    [Fact]
    public void An_edit_shares_all_but_the_path_that_changed()
    {
        JsonValue before = JsonText.Parse(Text);
        JsonValue after = before.With(["e", "f"], "g");

        Assert.Equal("""{"a":{"b":[1,2.50,true,null,"x"]},"c":"d","e":{"f":"g"}}""", after.ToString());
        Assert.Equal(Text, before.ToString());
        Assert.Same(before["a"], after["a"]);
    }

    [Fact]
    public void An_edit_makes_the_objects_on_its_way_and_null_removes()
    {
        JsonValue made = JsonObject.Empty.With(["x", "y"], 5);

        Assert.Equal("""{"x":{"y":5}}""", made.ToString());
        Assert.Equal("""{"x":{}}""", made.With(["x", "y"], null).ToString());
        Assert.Same(made, made.With(["nope", "y"], null));
    }

    [Fact]
    public void Equality_is_deep_and_heeds_the_order_of_elements_but_not_of_members()
    {
        Assert.Equal(JsonText.Parse("""{"a":1,"b":[1,2]}"""), JsonText.Parse("""{"b":[1,2],"a":1}"""));
        Assert.NotEqual(JsonText.Parse("""{"a":[1,2]}"""), JsonText.Parse("""{"a":[2,1]}"""));
        Assert.NotEqual(JsonText.Parse("""{"a":1}"""), JsonText.Parse("""{"b":1}"""));
        Assert.NotEqual(JsonText.Parse("""{"a":1}"""), JsonText.Parse("""{"a":1,"b":1}"""));
        Assert.NotEqual(JsonText.Parse("""{"a":null}"""), JsonText.Parse("{}"));
    }

    [Fact]
    public void Removing_keeps_the_order_of_the_rest()
    {
        var map = (JsonObject)JsonText.Parse("""{"a":1,"b":2,"c":3}""");

        Assert.Equal("""{"a":1,"c":3}""", map.Without("b").ToString());
        Assert.Same(map, map.Without("z"));
        Assert.Same(JsonObject.Empty, map.Without("a").Without("b").Without("c"));
    }

    [Fact]
    public void Of_a_name_given_twice_the_last_wins() =>
        Assert.Equal("""{"a":2}""", JsonText.Parse("""{"a":1,"a":2}""").ToString());

    [Theory]
    [InlineData("""{"a":1}""")]
    [InlineData("""["x",null,true,false,12.5]""")]
    [InlineData(Text)]
    public void Estimates_its_length_to_a_comma_for_each_object_and_array(string text)
    {
        JsonValue value = JsonText.Parse(text);
        int containers = text.Count(c => c is '{' or '[') - (text.Contains("{}", StringComparison.Ordinal) ? 1 : 0);

        Assert.Equal(text.Length + containers, value.EstimatedLength);
        Assert.Equal(value.EstimatedLength, value.EstimatedLength);
    }

    [Fact]
    public void Keeps_what_a_reader_made_of_it()
    {
        var map = (JsonObject)JsonText.Parse("""{"a":"1"}""");
        int reads = 0;

        string first = map.Parsed(Read);
        string second = map.Parsed(Read);

        Assert.Same(first, second);
        Assert.Equal(1, reads);
        Assert.NotSame(first, map.With("b", 1).Parsed(Read));

        string Read(JsonObject json)
        {
            reads++;
            return json.ToString();
        }
    }

    [Fact]
    public void Says_where_text_is_no_json() =>
        Assert.StartsWith("not JSON: ", Assert.Throws<FormatException>(() => JsonText.Parse("{\"a\":")).Message);
}
