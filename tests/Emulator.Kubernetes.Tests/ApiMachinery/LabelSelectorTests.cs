using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Tests.ApiMachinery;

/// <summary>Expected values: labels/selector_test.go of k8s.io/apimachinery, in Facts/selectors.json.</summary>
public sealed class LabelSelectorTests
{
    private static readonly JsonValue Facts = FactsFile.Read("selectors.json");

    [Fact]
    public void Reads_what_it_writes_and_refuses_the_rest()
    {
        foreach (JsonValue fact in Facts["roundTrip"]!.Items)
        {
            if (fact.Flag(1))
            {
                string text = fact.Text(0);
                Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal), LabelSelector.Parse(text).ToString());
            }
            else
            {
                Assert.Throws<FormatException>(() => LabelSelector.Parse(fact.Text(0)));
            }
        }
    }

    [Fact]
    public void Reads_requirements()
    {
        foreach (JsonValue fact in Facts["requirements"]!.Items)
        {
            if (!fact.Flag(1))
            {
                Assert.Throws<FormatException>(() => LabelSelector.Parse(fact.Text(0)));
            }
            else if (fact.Items[2] is JsonArray wanted)
            {
                Assert.Equal(
                    wanted.Elements.Select(r => r.ToString()),
                    LabelSelector.Parse(fact.Text(0)).Requirements.Select(r => Write(r).ToString()));
            }
        }
    }

    [Fact]
    public void Matches_labels()
    {
        foreach (JsonValue fact in Facts["matchRequirements"]!.Items)
        {
            Assert.Equal(fact.Flag(2), Of(fact.Items[1]).Matches(new LabelSet((JsonObject)fact.Items[0])));
        }

        foreach (JsonValue fact in Facts["match"]!.Items)
        {
            LabelSelector selector = fact.Items[0].AsString is { } text
                ? LabelSelector.Parse(text) : LabelSelector.FromMap(new LabelSet((JsonObject)fact.Items[1]));
            Assert.Equal(fact.Flag(3), selector.Matches(new LabelSet((JsonObject)fact.Items[2])));
        }
    }

    [Fact]
    public void Writes_every_operator()
    {
        foreach (JsonValue fact in Facts["text"]!.Items)
        {
            Assert.Equal(fact.Text(1), Of(fact.Items[0]).ToString());
        }
    }

    [Fact]
    public void Refuses_requirements_that_make_no_sense()
    {
        foreach (JsonValue fact in Facts["constructor"]!.Items)
        {
            Exception? refused = Record.Exception(() => Requirement(fact));
            Assert.Equal(fact.Flag(3), refused is null);
            Assert.True(refused is null or FormatException);
        }
    }

    [Fact]
    public void Knows_whether_a_label_is_pinned()
    {
        foreach (JsonValue fact in Facts["exactMatch"]!.Items)
        {
            Assert.Equal(fact.Flag(2), Of(fact.Items[0]).TryExactMatch(fact.Text(1), out string value));
            Assert.Equal(fact.Text(3), value);
        }
    }

    /// <summary>
    /// Source: LabelSelectorAsSelector of k8s.io/apimachinery: none selects nothing, an empty one everything.
    /// </summary>
    [Fact]
    public void Reads_the_form_of_objects()
    {
        var labels = new LabelSet(JsonObject.Of(("app", "web"), ("tier", "a")));
        const string Json = """
            {"matchLabels":{"app":"web"},"matchExpressions":[{"key":"tier","operator":"In","values":["a","b"]},
             {"key":"old","operator":"DoesNotExist"}]}
            """;

        Assert.Equal("app=web,!old,tier in (a,b)", LabelSelector.FromJson(JsonText.Parse(Json)).ToString());
        Assert.True(LabelSelector.FromJson(JsonText.Parse(Json)).Matches(labels));
        Assert.False(LabelSelector.FromJson(null).Matches(labels));
        Assert.True(LabelSelector.FromJson(JsonObject.Empty).Matches(labels));
        Assert.False(LabelSelector.FromMap(LabelSet.Empty).Matches(labels));
    }

    private static LabelSelector Of(JsonValue requirements) => LabelSelector.Of(requirements.Items.Select(Requirement));

    private static LabelRequirement Requirement(JsonValue fact) => new(
        // The facts' form is fixed.
        fact.Text(0), Operators[fact.Text(1)], fact.Items[2].Items.Select(v => v.AsString!));

    private static JsonArray Write(LabelRequirement requirement) => new(
    [
        requirement.Key, Operators.Single(o => o.Value == requirement.Operator).Key,
        new JsonArray([.. requirement.Values.Select(v => (JsonValue)v)]),
    ]);

    private static readonly Dictionary<string, SelectorOperator> Operators = new()
    {
        ["="] = SelectorOperator.Equals,
        ["=="] = SelectorOperator.DoubleEquals,
        ["!="] = SelectorOperator.NotEquals,
        ["in"] = SelectorOperator.In,
        ["notin"] = SelectorOperator.NotIn,
        ["exists"] = SelectorOperator.Exists,
        ["!"] = SelectorOperator.DoesNotExist,
        ["gt"] = SelectorOperator.GreaterThan,
        ["lt"] = SelectorOperator.LessThan,
    };
}
