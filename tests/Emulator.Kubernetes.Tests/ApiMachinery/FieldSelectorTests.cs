using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Tests.ApiMachinery;

/// <summary>Expected values: fields/selector_test.go of k8s.io/apimachinery, in Facts/selectors.json.</summary>
public sealed class FieldSelectorTests
{
    private static readonly JsonValue Facts = FactsFile.Read("selectors.json");

    [Fact]
    public void Reads_what_it_writes_and_refuses_the_rest()
    {
        foreach (JsonValue fact in Facts["fieldRoundTrip"]!.Items)
        {
            if (fact.Flag(1))
            {
                Assert.Equal(fact.Text(0), FieldSelector.Parse(fact.Text(0)).ToString());
            }
            else
            {
                Assert.Throws<FormatException>(() => FieldSelector.Parse(fact.Text(0)));
            }
        }
    }

    [Fact]
    public void Splits_terms_at_commas_that_are_not_escaped()
    {
        foreach (JsonValue fact in Facts["fieldTerms"]!.Items)
        {
            Assert.Equal(fact.Items[1].Items.Select(t => t.AsString), FieldSelector.SplitTerms(fact.Text(0)));
        }
    }

    [Fact]
    public void Escapes_values()
    {
        foreach (JsonValue fact in Facts["fieldEscape"]!.Items)
        {
            Assert.Equal(fact.Text(1), FieldSelector.Escape(fact.Text(0)));
        }
    }

    [Fact]
    public void Matches_fields_of_every_plain_kind_and_takes_a_missing_one_as_empty()
    {
        ApiObject pod = ApiObject.Named(ResourceTypes.Pods, "default", "web-0")
            .With(["spec", "nodeName"], "node-1").With(["spec", "priority"], 5).With(["spec", "hostNetwork"], true);

        Assert.True(FieldSelector.Parse("spec.nodeName=node-1,spec.priority=5,spec.hostNetwork==true").Matches(pod));
        Assert.True(FieldSelector.Parse("status.phase=").Matches(pod));
        Assert.True(FieldSelector.Parse("status.phase!=Running").Matches(pod));
        Assert.False(FieldSelector.Parse("metadata.name!=web-0").Matches(pod));
    }
}
