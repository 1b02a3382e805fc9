using System.Net;
using Emulator.Silo.Configuration;

namespace Emulator.Silo.Tests.Configuration;

public class SiloCommandLineTests
{
    private const string Database = "Host=db;Database=emulator;Username=u;Password=secret";

    [Fact]
    public async Task Without_arguments_a_silo_is_the_first_of_a_cluster_on_this_machine()
    {
        SiloOptions options = await Parsed([]);

        var expected = new SiloOptions
        {
            Engine = EngineKind.Orleans,
            Clustering = ClusteringKind.Localhost,
            Connection = null,
            ClusterId = "emulator",
            ServiceId = "emulator",
            SiloPort = 11111,
            GatewayPort = 30000,
            HttpPort = 8081,
            Advertised = IPAddress.Loopback,
            Primary = null,
            Name = $"{Environment.MachineName}-11111",
        };
        Assert.Equal(expected, options);
        Assert.False(options.ListensToOthers);
    }

    [Fact]
    public async Task Every_option_is_read()
    {
        SiloOptions options = await Parsed(
        [
            "--engine", "process", "--clustering", "localhost", "--cluster-id", "c", "--service-id", "s",
            "--silo-port", "1", "--gateway-port", "2", "--http-port", "65535", "--advertise", "10.0.0.5",
            "--primary", "first:11111", "--name", "n",
        ]);

        var expected = new SiloOptions
        {
            Engine = EngineKind.Process,
            Clustering = ClusteringKind.Localhost,
            ClusterId = "c",
            ServiceId = "s",
            SiloPort = 1,
            GatewayPort = 2,
            HttpPort = 65535,
            Advertised = IPAddress.Parse("10.0.0.5"),
            Primary = new DnsEndPoint("first", 11111, System.Net.Sockets.AddressFamily.InterNetwork),
            Name = "n",
        };
        Assert.Equal(expected, options);
        Assert.True(options.ListensToOthers);
    }

    [Fact]
    public async Task An_environment_variable_means_what_its_option_means()
    {
        SiloOptions options = await Parsed(
            [],
            ("EMULATOR_CLUSTERING", "postgres"), ("EMULATOR_CONNECTION", Database), ("EMULATOR_SILO_PORT", "4000"));

        Assert.Equal(ClusteringKind.Postgres, options.Clustering);
        Assert.Equal(Database, options.Connection);
        Assert.Equal(4000, options.SiloPort);
        Assert.Null(options.Advertised);
        Assert.True(options.ListensToOthers);
    }

    [Fact]
    public async Task An_option_wins_over_its_variable() => Assert.Equal(
        "option", (await Parsed(["--name", "option"], ("EMULATOR_NAME", "variable"))).Name);

    [Fact]
    public async Task An_empty_variable_is_not_set() => Assert.Equal(
        8081, (await Parsed([], ("EMULATOR_HTTP_PORT", ""))).HttpPort);

    [Theory]
    [InlineData("--engine: 'x' is not known; write orleans or process.", "--engine", "x")]
    [InlineData("--clustering: 'x' is not known; write localhost or postgres.", "--clustering", "x")]
    [InlineData(
        "--silo-port: '0' is not a port; write a whole number from 1 to 65535, such as 11111.", "--silo-port", "0")]
    [InlineData(
        "--http-port: '65536' is not a port; write a whole number from 1 to 65535, such as 8081.",
        "--http-port", "65536")]
    [InlineData("--gateway-port: '11111' is --silo-port too; give each its own port.", "--gateway-port", "11111")]
    [InlineData("--http-port: '30000' is --gateway-port too; give each its own port.", "--http-port", "30000")]
    [InlineData(
        "--advertise: '0.0.0.0' is not an IPv4 address that others can reach; write one of this machine's, such as "
        + "10.0.0.5.", "--advertise", "0.0.0.0")]
    [InlineData(
        "--primary: 'first' is not HOST:PORT; write the first silo's silo port, such as 127.0.0.1:11111.",
        "--primary", "first")]
    [InlineData("--name: ' ' is blank; write a name, or leave it out.", "--name", " ")]
    [InlineData(
        "--connection: is for --clustering postgres; add that, or leave this out.", "--connection", Database)]
    [InlineData(
        "--clustering: 'postgres' needs a database; add --connection \"Host=…;Database=…;Username=…\" or set "
        + "EMULATOR_CONNECTION.", "--clustering", "postgres")]
    [InlineData(
        "--primary: 'a:1' is for --clustering localhost; silos find each other in PostgreSQL, leave this out.",
        "--clustering", "postgres", "--connection", Database, "--primary", "a:1")]
    [InlineData(
        "--connection: names no host; write Host=…;Database=…;Username=…;Password=….",
        "--clustering", "postgres", "--connection", "Database=x")]
    public async Task A_bad_value_is_named_with_its_cure(string sentence, params string[] arguments)
    {
        (int code, string error, SiloOptions? options) = await Run(arguments);

        Assert.Equal($"emulator-silo: {sentence}\nSee ./emulator silo --help.\n", error);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Null(options);
    }

    [Fact]
    public async Task A_bad_variable_is_called_by_its_own_name()
    {
        (_, string error, _) = await Run([], ("EMULATOR_HTTP_PORT", "http"));

        Assert.StartsWith("emulator-silo: EMULATOR_HTTP_PORT: 'http' is not a port;", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_that_does_not_read_is_refused_without_its_text()
    {
        (int code, string error, _) = await Run(
            ["--clustering", "postgres", "--connection", "postgres://u:secret@h/d"]);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_mistakes_are_told_at_once()
    {
        (_, string error, _) = await Run(["--engine", "x", "--silo-port", "y"]);

        Assert.Equal(3, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static async Task<SiloOptions> Parsed(string[] arguments, params (string Name, string Value)[] variables)
    {
        (int code, string error, SiloOptions? options) = await Run(arguments, variables);
        Assert.Equal("", error);
        Assert.Equal(ExitCode.Done, code);
        return options!; // The host was given some where the code is Done.
    }

    private static async Task<(int Code, string Error, SiloOptions? Options)> Run(
        string[] arguments, params (string Name, string Value)[] variables)
    {
        SiloOptions? seen = null;
        var error = new StringWriter { NewLine = "\n" };
        int code = await SiloCommandLine.Run(
            arguments,
            name => Array.Find(variables, variable => variable.Name == name).Value,
            TextWriter.Null,
            error,
            options =>
            {
                seen = options;
                return Task.FromResult(ExitCode.Done);
            });
        return (code, error.ToString(), seen);
    }
}
