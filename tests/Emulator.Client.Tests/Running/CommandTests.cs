using System.Text.Json;

namespace Emulator.Client.Tests.Running;

/// <summary>Whole commands over the shipped examples, in this process.</summary>
public sealed class CommandTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Vxlan = Path.Combine(Root, "examples", "linux-facts", "vxlan");
    private static readonly string Shop = Path.Combine(Root, "examples", "shop");

    [Fact]
    public void A_trace_across_nodes_walks_the_path_that_linux_walks()
    {
        (int code, string output, string error) = Run("trace", Vxlan, "--from", "pod/default/p1a", "--to",
        "svc/default/rem",
            "-o", "minimal");

        // The walk of tcp_clusterip_remote as a real kernel recorded it on this topology.
        Assert.Equal("", error);
        Assert.StartsWith(
            "default/p1a:eth0 > n1:vethp1a > DNAT 10.96.0.60:80→10.244.2.2:8080 [KUBE-SEP-YZTH3ONTPRSG7MEW] > cni0 > "
            + "flannel.1 vni1→n2 > "
            + "n2:flannel.1 > cni0 > vethp2a > default/p2a:eth0 : DELIVERED ",
            output, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Fact]
    public void A_minimal_trace_through_the_ingress_controller_shows_both_connections_in_one_line()
    {
        (int code, string output, _) = Run(
            "trace", Shop, "--from", "external", "--to", "http://shop.example.com/", "-o", "minimal");

        string[] parts = output.TrimEnd().Split(" | ");
        Assert.Equal((0, 2), (code, parts.Length));
        Assert.StartsWith("external:eth0 > ", parts[0], StringComparison.Ordinal);
        Assert.Matches("> ingress-nginx/ingress-nginx-controller-[a-z0-9-]+:eth0$", parts[0]);
        Assert.Matches("^ingress-nginx/ingress-nginx-controller-[a-z0-9-]+:eth0 > ", parts[1]);
        Assert.Matches("> shop/web-[a-z0-9-]+:eth0 : DELIVERED [0-9.]+us$", parts[1]);
    }

    [Fact]
    public void A_ttl_is_the_exchanges_own_and_not_the_namespaces()
    {
        (int code, string output, _) = Run(
            "trace", Shop, "--from", "deploy/shop/web", "--to", "http://cart/", "--ttl", "9", "-o", "json");

        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal((9, 64), (FirstTtl("tcp"), FirstTtl("udp")));
        Assert.Equal(0, code);

        int FirstTtl(string protocol) => json.RootElement.GetProperty("hops").EnumerateArray()
            .Select(h => h.GetProperty("packet")).First(p => p.GetProperty("proto").GetString() == protocol)
            .GetProperty("ttl").GetInt32();
    }

    [Fact]
    public void A_large_ping_that_forbids_fragments_is_not_sent()
    {
        (int code, string output, _) = Run(
            "trace", Vxlan, "--from", "pod/default/p1a", "--to", "icmp://10.244.2.2", "--request-bytes", "1423",
            "--df", "-o", "json");

        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(1, code);
        Assert.Contains("MessageTooLong", json.RootElement.GetProperty("app").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_trace_that_is_rejected_ends_with_1_and_names_the_rule()
    {
        (int code, string output, _) = Run(
            "trace", Vxlan, "--from", "pod/default/p1a", "--to", "svc/default/none", "-o", "json");

        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(1, code);
        Assert.Equal(("rejected", "NetfilterReject"), (
            json.RootElement.GetProperty("verdict").GetString(), json.RootElement.GetProperty("reason").GetString()));
        Assert.Contains("default/none:http has no endpoints", json.RootElement.GetProperty("rule").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_trace_lists_the_endpoints_that_a_service_could_choose()
    {
        (_, string output, _) = Run("trace", Vxlan, "--from", "pod/default/p1b", "--to", "svc/default/three", "-o",
        "json");

        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(
            ["10.244.1.2:5353", "10.244.1.3:5353", "10.244.2.2:5353"],
            json.RootElement.GetProperty("branches").EnumerateArray().Select(b =>
            b.GetProperty("endpoint").GetString()));
        Assert.All(
            json.RootElement.GetProperty("branches").EnumerateArray(),
            b => Assert.Equal("1/3", b.GetProperty("probability").GetString()));
    }

    [Fact]
    public void All_branches_are_traced_each_once()
    {
        (int code, string output, _) = Run(
            "trace", Vxlan, "--from", "pod/default/p1b", "--to", "svc/default/three", "-o", "minimal",
            "--all-branches");

        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(0, code);
        Assert.Equal(3, lines.Length);
        foreach (string endpoint in (string[])["10.244.1.2:5353", "10.244.1.3:5353", "10.244.2.2:5353"])
        {
            Assert.Single(lines, l => l.Contains($"→{endpoint} ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_demo_reaches_a_backend_on_another_node_than_the_ingress_controller()
    {
        (int code, string output, string error) = Run("demo");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("delivered: 200, ", output, StringComparison.Ordinal);
        string[] lines = output.Split('\n');
        string controller = lines.Single(l => l.StartsWith("node-", StringComparison.Ordinal)
            && l.Contains("ingress-nginx/ingress-nginx-controller-", StringComparison.Ordinal)).Split(' ')[0];
        string backend = lines.First(l => l.Contains("/shop/catalog-", StringComparison.Ordinal)
            && l.Contains(" in  tcp", StringComparison.Ordinal)).Split(' ',
                StringSplitOptions.RemoveEmptyEntries)[2].Split('/')[0];
        Assert.NotEqual(controller, backend);
    }

    [Fact]
    public void A_run_gives_the_same_digest_on_any_number_of_shards_and_another_with_another_seed()
    {
        string one = DigestOf("1", "1");

        Assert.Equal(one, DigestOf("1", "4"));
        Assert.NotEqual(one, DigestOf("2", "1"));

        static string DigestOf(string seed, string shards)
        {
            (int code, string output, _) = Run("run", Shop, "--for", "1s", "--seed", seed, "--shards", shards);
            Assert.Equal(0, code);
            return output.Split('\n').Single(l => l.StartsWith("digest ", StringComparison.Ordinal));
        }
    }

    /// <summary>The pod hangs 100 s after its start and is asked then, 10 and 20 s later, each given up after 1 s: for
    /// 21 s the Service still leads to it, one request a second. After that nobody is behind it and node 1's own rule
    /// refuses. The crash loop beside it keeps nobody waiting.</summary>
    [Fact]
    public void A_run_with_probes_and_a_crash_loop_ends_and_is_the_same_twice()
    {
        string file = Path.Combine(Path.GetTempPath(), $"emulator-{Environment.ProcessId}-probes.yaml");
        File.WriteAllText(file, """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, labels: {app: web}, annotations: {emulator.dev/unhealthy-after: 100s}}
            spec:
              containers:
                - name: main
                  image: web:1
                  ports: [{containerPort: 80}]
                  readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 20}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: loop, annotations: {emulator.dev/crash-after: 0s}}
            spec: {containers: [{name: main, image: loop:1}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {selector: {app: web}, ports: [{port: 80}]}
            ---
            apiVersion: emulator.dev/v1alpha1
            kind: Traffic
            metadata: {name: load}
            spec: {from: node/node-1, to: svc/default/web, rate: 1}
            """);
        try
        {
            (int code, string output, string error) = Run("run", file, "--for", "120s", "--seed", "1");
            string again = Run("run", file, "--for", "120s", "--seed", "1", "--shards", "2").Output;
            Assert.Equal((0, "not ready: pod default/loop is Running"), (code, error.Trim()));
            Assert.Contains("59 refused, 40 reply, 21 timeout", output, StringComparison.Ordinal);
            Assert.Contains("readiness probe of container main", output, StringComparison.Ordinal);
            Assert.Contains("ledger: 836 originated + 7 copied + 0 fragments = 784 delivered + 59 dropped", output,
                StringComparison.Ordinal);
            Assert.Equal(Digest(output), Digest(again));
        }
        finally
        {
            File.Delete(file);
        }

        static string Digest(string output) =>
            output.Split('\n').Single(l => l.StartsWith("digest ", StringComparison.Ordinal));
    }

    [Fact]
    public void Show_prints_a_kernels_routes_as_ip_route_does()
    {
        (int code, string output, _) = Run("show", Vxlan, "n1", "ip route");

        // From the recording of the same topology on a real kernel, less the space that ip prints at a line's end.
        Assert.Equal(0, code);
        Assert.Equal(
            """
            default via 192.168.77.100 dev eth0
            10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1
            10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink
            192.168.77.0/24 dev eth0 proto kernel scope link src 192.168.77.11

            """,
            output);
    }

    [Theory]
    [InlineData("tcp://192.168.77.11:30086")]
    [InlineData("udp://192.168.77.12:30053")]
    [InlineData("icmp://192.168.77.12")]
    public void A_trace_from_a_further_address_of_an_external_host_is_answered_there(string to)
    {
        (int code, string output, string error) = Run(
            "trace", Vxlan, "--from", "external:203.0.113.10", "--to", to, "-o", "json");

        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement[] hops = [.. json.RootElement.GetProperty("hops").EnumerateArray()
            .Where(h => h.GetProperty("netns").GetString() == "ext"
                && h.GetProperty("packet").GetProperty("proto").GetString() != "arp")];
        Assert.Equal((0, "", "delivered"), (code, error, json.RootElement.GetProperty("verdict").GetString()));
        Assert.StartsWith("203.0.113.10", AddressOf(hops, "out", "src"), StringComparison.Ordinal);
        Assert.StartsWith("203.0.113.10", AddressOf(hops, "in", "dst"), StringComparison.Ordinal);

        static string? AddressOf(JsonElement[] hops, string direction, string end) =>
            hops.First(h => h.GetProperty("direction").GetString() == direction)
                .GetProperty("packet").GetProperty(end).GetString();
    }

    [Theory]
    [InlineData("pod/default/p9", "icmp://10.244.1.2",
        "emulator: pod default/p9 does not exist; pods of default are p1a, p1b, p2a, p2b.\n")]
    [InlineData("node/n9", "icmp://10.244.1.2", "emulator: node n9 does not exist; nodes are n1, n2.\n")]
    [InlineData("external:9.9.9.9", "icmp://10.244.1.2",
        "emulator: external:9.9.9.9 is no host outside; there are ext (192.168.77.100, 203.0.113.10).\n")]
    [InlineData("node/n1", "svc/default/rem:81", "emulator: service default/rem has no port 81; it has 80/TCP, "
        + "53/UDP.\n")]
    [InlineData("external", "http://shop.example.com/",
        "emulator: http://shop.example.com: from outside only hosts of an Ingress have "
        + "names; there are none. Write an address, or ask from a pod.\n")]
    public void What_is_not_in_the_cluster_is_bad_input(string from, string to, string expected)
    {
        (int code, string output, string error) = Run("trace", Vxlan, "--from", from, "--to", to);

        Assert.Equal((2, "", expected), (code, output, error.ReplaceLineEndings("\n")));
    }

    [Fact]
    public void With_one_bad_document_nothing_is_applied()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: gone}\nspec:\n  "
            + "ports: [{port: 80}]\n"
                + "---\napiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec:\n  ports: [{port: 99999, targetPort: "
                + "80}]\n");

            (int code, string output, string error) = Run("run", file);

            Assert.Equal((2, ""), (code, output));
            Assert.Equal(
                $"{file}:1: Service gone/a is refused: namespaces \"gone\" not found. Add a Namespace document.\n"
                + $"{file}:11: spec.ports[0].port: Service default/b is refused: Invalid value: 99999: "
                + "must be between 1 and 65535, inclusive.\nemulator: 2 mistakes; nothing was applied.\n",
                error.ReplaceLineEndings("\n"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLine.Run(arguments, new Streams(TextReader.Null, output, error, false));
        return (code, output.ToString(), error.ToString());
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Emulator.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Emulator.sln is in no folder above the tests.");
    }
}
