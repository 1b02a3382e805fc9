using Emulator.Cluster.Traffic;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Engine.Manifests;

namespace Emulator.Cluster.Tests.Traffic;

public sealed class TrafficReaderTests
{
    [Theory]
    [InlineData("pod/shop/cart-0")]
    [InlineData("deploy/shop/cart")]
    [InlineData("node/node-1")]
    [InlineData("external")]
    [InlineData("external:office")]
    [InlineData("external:203.0.113.10")]
    public void Reads_every_form_of_source_and_writes_it_the_same(string text)
    {
        Assert.True(TrafficSource.TryParse(text, out TrafficSource source));
        Assert.Equal(text, source.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("pod/cart-0")]
    [InlineData("pod//cart-0")]
    [InlineData("external:")]
    [InlineData("svc/shop/cart")]
    public void Refuses_what_is_no_source(string text) => Assert.False(TrafficSource.TryParse(text, out _));

    [Theory]
    [InlineData("pod/shop/cart-0")]
    [InlineData("pod/shop/cart-0:8080")]
    [InlineData("svc/shop/cart:80")]
    [InlineData("http://shop.example.com/cart?id=1")]
    [InlineData("http://shop.example.com:8080/")]
    [InlineData("tcp://10.244.1.2:8080")]
    [InlineData("udp://10.96.0.10:53")]
    [InlineData("icmp://10.244.1.2")]
    public void Reads_every_form_of_destination_and_writes_it_the_same(string text)
    {
        Assert.True(TrafficTarget.TryParse(text, out TrafficTarget target));
        Assert.Equal(text, target.ToString());
    }

    [Theory]
    [InlineData("tcp://10.244.1.2")]
    [InlineData("tcp://cart:80")]
    [InlineData("udp://10.244.1.2:0")]
    [InlineData("udp://10.244.1.2:65536")]
    [InlineData("icmp://10.244.1.2:1")]
    [InlineData("https://shop.example.com/")]
    [InlineData("http:///cart")]
    [InlineData("http://shop.example.com/a b")]
    [InlineData("svc/cart")]
    public void Refuses_what_is_no_destination(string text) => Assert.False(TrafficTarget.TryParse(text, out _));

    [Fact]
    public void An_http_request_without_port_and_path_is_for_port_80_and_the_root()
    {
        Assert.True(TrafficTarget.TryParse("http://shop", out TrafficTarget target));
        Assert.Equal(new HttpTarget("shop", null, "/"), target);
    }

    [Fact]
    public void Reads_a_document_with_its_defaults()
    {
        (TrafficSpec? traffic, List<ManifestError> errors) = Read("from: external\nto: tcp://10.0.0.1:80");

        Assert.Empty(errors);
        Assert.Equal(
            new TrafficSpec
            {
                Name = "load",
                From = new ExternalSource(null, null),
                To = new TcpTarget(new Endpoint(IPv4Address.From(10, 0, 0, 1), 80)),
                Interval = SimDuration.FromSeconds(1),
                Start = SimDuration.Zero,
                Duration = null,
                Timeout = SimDuration.FromSeconds(5),
                RequestBytes = null,
                ReplyBytes = null,
            },
            traffic);
    }

    [Fact]
    public void Reads_every_field()
    {
        (TrafficSpec? traffic, List<ManifestError> errors) = Read("""
            from: deploy/shop/web
            to: http://cart.shop/items
            rate: 2.5
            start: 100ms
            duration: 1m
            timeout: 250ms
            requestBytes: 10
            replyBytes: 20
            """);

        Assert.Empty(errors);
        Assert.Equal(
            new TrafficSpec
            {
                Name = "load",
                From = new DeploymentSource("shop", "web"),
                To = new HttpTarget("cart.shop", null, "/items"),
                Interval = SimDuration.FromMilliseconds(400),
                Start = SimDuration.FromMilliseconds(100),
                Duration = SimDuration.FromSeconds(60),
                Timeout = SimDuration.FromMilliseconds(250),
                RequestBytes = 10,
                ReplyBytes = 20,
            },
            traffic);
    }

    [Theory]
    [InlineData("from: external", "spec.to: is missing; write " + TrafficTarget.Forms + ".")]
    [InlineData("from: me\nto: icmp://1.2.3.4", "spec.from: 'me' is not a source; write " + TrafficSource.Forms + ".")]
    [InlineData("from: external\nto: ftp://x", "spec.to: 'ftp://x' is not a destination; write "
        + "" + TrafficTarget.Forms + ".")]
    [InlineData("from: external\nto: icmp://1.2.3.4\nrate: 0",
        "spec.rate: 0 is not a rate; write exchanges a second, from 0.001 to 10000000.")]
    [InlineData("from: external\nto: icmp://1.2.3.4\ntimeout: 0",
        "spec.timeout: 0 leaves no time for an answer; write one such as 5s.")]
    [InlineData("from: external\nto: icmp://1.2.3.4\nrates: 5", "spec.rates: is not a known field; did you mean rate?")]
    public void Says_where_what_and_how_to_cure_it(string spec, string expected)
    {
        (TrafficSpec? traffic, List<ManifestError> errors) = Read(spec);

        Assert.Null(traffic);
        Assert.Equal([expected], errors.Select(e => $"{e.Path}: {e.Message}"));
    }

    private static (TrafficSpec? Traffic, List<ManifestError> Errors) Read(string spec)
    {
        ManifestSet read = ManifestReader.ReadText(
            "apiVersion: emulator.dev/v1alpha1\nkind: Traffic\nmetadata: {name: load}\nspec:\n  "
            + spec.Replace("\n", "\n  "), "t.yaml");
        Assert.Empty(read.Errors);
        var errors = new List<ManifestError>();
        return (TrafficReader.Read(Assert.Single(read.Documents), errors), errors);
    }
}
