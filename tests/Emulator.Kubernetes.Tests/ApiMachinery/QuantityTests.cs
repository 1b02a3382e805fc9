using System.Globalization;
using System.Numerics;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Tests.ApiMachinery;

/// <summary>Expected values: quantity_test.go of k8s.io/apimachinery, in Facts/quantity.json.</summary>
public sealed class QuantityTests
{
    private static readonly JsonValue Facts = FactsFile.Read("quantity.json");

    [Fact]
    public void Reads_amount_and_format_with_either_sign()
    {
        foreach (JsonValue fact in Facts["parse"]!.Items)
        {
            string text = fact.Text(0);
            (BigInteger nanos, QuantityFormat format) = Amount(fact.Items[1]);
            AssertIs(nanos, format, Quantity.Parse(text));
            if (text[0] is not ('+' or '-'))
            {
                AssertIs(nanos, format, Quantity.Parse("+" + text));
                AssertIs(-nanos, format, Quantity.Parse("-" + text));
            }
        }
    }

    [Fact]
    public void Refuses_what_is_no_quantity()
    {
        foreach (JsonValue fact in Facts["invalid"]!.Items)
        {
            Assert.False(Quantity.TryParse(fact.AsString, out _), fact.AsString);
        }

        Assert.False(Quantity.TryParse("", out _));
        Assert.False(Quantity.TryParse(null, out _));
        Assert.False(Quantity.TryParse("Ki", out _));
    }

    [Fact]
    public void Writes_the_canonical_text_and_reads_it_back()
    {
        foreach (JsonValue fact in Facts["text"]!.Items)
        {
            Quantity quantity = Of(fact.Items[0]);
            Assert.Equal(fact.Text(1), quantity.ToString());
            Assert.Equal(quantity, Quantity.Parse(quantity.ToString()));
            if (fact.Text(2) is { Length: > 0 } alternate)
            {
                Assert.Equal(quantity, Quantity.Parse(alternate));
                Assert.Equal(fact.Text(1), Quantity.Parse(alternate).ToString());
            }
        }

        foreach (JsonValue fact in Facts["canonical"]!.Items)
        {
            Assert.Equal(fact.Text(1), Quantity.Parse(fact.Text(0)).ToString());
        }
    }

    [Fact]
    public void Compares_amounts_whatever_their_format()
    {
        foreach (JsonValue fact in Facts["compare"]!.Items)
        {
            Assert.Equal((int)fact.Number(2), Quantity.Parse(fact.Text(0)).CompareTo(Quantity.Parse(fact.Text(1))));
        }

        Assert.Equal(Quantity.Parse("1Ki"), Quantity.Parse("1024"));
        Assert.Equal(Quantity.Parse("-1Ki").GetHashCode(), Quantity.Parse("-1024").GetHashCode());
    }

    [Fact]
    public void Scales_rounding_up()
    {
        foreach (JsonValue fact in Facts["scaled"]!.Items)
        {
            Assert.Equal(fact.Number(2), Quantity.FromScaled(1, (int)fact.Number(0)).ScaledValue((int)fact.Number(1)));
        }

        foreach (JsonValue fact in Facts["fromScaled"]!.Items)
        {
            Assert.Equal(fact.Text(2), Quantity.FromScaled(fact.Number(0), (int)fact.Number(1)).ToString());
        }

        foreach (JsonValue fact in Facts["roundUp"]!.Items)
        {
            Quantity rounded = Quantity.Parse(fact.Text(0)).RoundUp((int)fact.Number(1), out bool exact);
            Assert.Equal(Of(fact.Items[2]), rounded);
            Assert.Equal(fact.Flag(3), exact);
        }
    }

    [Fact]
    public void Adds_subtracts_negates_and_multiplies_exactly()
    {
        foreach (JsonValue fact in Facts["add"]!.Items)
        {
            AssertSame(fact.Items[2], Of(fact.Items[0]) + Of(fact.Items[1]));
        }

        foreach (JsonValue fact in Facts["subtract"]!.Items)
        {
            AssertSame(fact.Items[2], Of(fact.Items[0]) - Of(fact.Items[1]));
        }

        foreach (JsonValue fact in Facts["negate"]!.Items)
        {
            AssertSame(fact.Items[1], -Of(fact.Items[0]));
        }

        foreach (JsonValue fact in Facts["multiply"]!.Items)
        {
            AssertSame(fact.Items[2], Of(fact.Items[0]) * fact.Number(1));
        }
    }

    [Fact]
    public void Counts_cpu_in_thousandths()
    {
        Assert.Equal(500, Quantity.Parse("0.5").MilliValue);
        Assert.Equal(1, Quantity.Parse("1u").MilliValue);
        Assert.Equal("1500m", Quantity.FromMilli(1500).ToString());
        Assert.Equal("1024m", Quantity.FromMilli(1024, QuantityFormat.BinarySI).ToString()); // TestMilliNewSet.
    }

    private static void AssertIs(BigInteger nanos, QuantityFormat format, Quantity actual)
    {
        Assert.Equal(nanos, (BigInteger)actual.Nanos);
        Assert.Equal(format, actual.Format);
    }

    private static void AssertSame(JsonValue wanted, Quantity actual)
    {
        (BigInteger nanos, QuantityFormat format) = Amount(wanted);
        AssertIs(nanos, format, actual);
    }

    private static Quantity Of(JsonValue amount)
    {
        (BigInteger nanos, QuantityFormat format) = Amount(amount);
        return Quantity.FromNanos((Int128)nanos, format);
    }

    private static (BigInteger Nanos, QuantityFormat Format) Amount(JsonValue amount)
    {
        var unscaled = BigInteger.Parse(((JsonNumber)amount.Items[0]).Text, CultureInfo.InvariantCulture);
        int power = (int)amount.Number(1) + 9;
        Assert.True(power >= 0, "no fact is finer than a billionth");
        return (unscaled * BigInteger.Pow(10, power), Enum.Parse<QuantityFormat>(amount.Text(2)));
    }
}
