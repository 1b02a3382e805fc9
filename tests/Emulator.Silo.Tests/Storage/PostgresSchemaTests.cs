using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Emulator.Silo.Storage;

namespace Emulator.Silo.Tests.Storage;

public sealed partial class PostgresSchemaTests
{
    // What Orleans 10's AdoNet clustering asks for: each statement's key and the parameters that it sets, from the
    // provider's calls. It refuses a database without one of the keys.
    public static TheoryData<string, string[]> Statements => new()
    {
        { "GatewaysQueryKey", ["DeploymentId", "Status"] },
        { "MembershipReadRowKey", ["Address", "DeploymentId", "Generation", "Port"] },
        { "MembershipReadAllKey", ["DeploymentId"] },
        { "InsertMembershipVersionKey", ["DeploymentId"] },
        { "UpdateIAmAlivetimeKey", ["Address", "DeploymentId", "Generation", "IAmAliveTime", "Port"] },
        {
            "InsertMembershipKey",
            [
                "Address", "DeploymentId", "Generation", "HostName", "IAmAliveTime", "Port", "ProxyPort", "SiloName",
                "StartTime", "Status", "Version",
            ]
        },
        {
            "UpdateMembershipKey",
            [
                "Address", "DeploymentId", "Generation", "IAmAliveTime", "Port", "Status", "SuspectTimes", "Version",
            ]
        },
        { "DeleteMembershipTableEntriesKey", ["DeploymentId"] },
        { "CleanupDefunctSiloEntriesKey", ["DeploymentId", "IAmAliveTime"] },
    };

    // What the provider reads of a row, by name.
    private static readonly string[] MembershipColumns =
    [
        "Version", "Address", "Port", "Generation", "SiloName", "HostName", "Status", "ProxyPort", "SuspectTimes",
        "StartTime", "IAmAliveTime",
    ];

    [Theory]
    [MemberData(nameof(Statements))]
    public void A_statement_uses_exactly_the_parameters_that_the_provider_sets(string key, string[] parameters) =>
        Assert.Equal(
            parameters,
            Parameter().Matches(Stored()[key]).Select(match => match.Groups[1].Value).Distinct()
                .Order(StringComparer.Ordinal));

    [Fact]
    public void No_statement_is_stored_that_the_provider_does_not_ask_for() => Assert.Equal(
        Statements.Select(row => (string)row[0]).Order(StringComparer.Ordinal),
        Stored().Keys.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("MembershipReadRowKey")]
    [InlineData("MembershipReadAllKey")]
    public void A_reading_statement_gives_the_columns_that_the_provider_reads(string key)
    {
        string columns = Regex.Match(Stored()[key], @"SELECT\s+(.*?)\s+FROM", RegexOptions.Singleline).Groups[1].Value;

        Assert.Equal(MembershipColumns, columns.Split(',', StringSplitOptions.TrimEntries));
    }

    [Fact]
    public void A_script_can_be_applied_again()
    {
        foreach (string name in PostgresSchema.ScriptNames)
        {
            string outside = Statement().Replace(PostgresSchema.Script(name), "");
            int creates = Regex.Count(outside, @"^CREATE ", RegexOptions.Multiline);
            int inserts = Regex.Count(outside, @"^INSERT ", RegexOptions.Multiline);

            Assert.NotEqual(0, creates);
            Assert.Equal(creates, Regex.Count(outside, @"^CREATE TABLE IF NOT EXISTS ", RegexOptions.Multiline));
            Assert.Equal(inserts, Regex.Count(outside, @"^ON CONFLICT ", RegexOptions.Multiline));
            Assert.DoesNotContain("DROP ", outside, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_database_that_does_not_answer_in_time_is_named_without_the_password()
    {
        // A port that was free a moment ago, on which nobody listens.
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var lines = new List<string>();
        var schema = new PostgresSchema(
            $"Host=127.0.0.1;Port={port};Database=emulator;Username=u;Password=secret", lines.Add);

        var failed = await Assert.ThrowsAsync<SiloException>(
            () => schema.Apply(TimeProvider.System, TimeSpan.Zero, CancellationToken.None));

        Assert.Equal(
            $"127.0.0.1:{port}/emulator: no PostgreSQL answered within 0 s (Connection refused); start it, or correct "
            + "--connection.", failed.Message);
        Assert.Empty(lines);
    }

    private static Dictionary<string, string> Stored() => Statement().Matches(PostgresSchema.Script(
        "OrleansMembership.sql")).ToDictionary(match => match.Groups["key"].Value, match => match.Groups["text"].Value);

    [GeneratedRegex(@"\('(?<key>\w+)', \$statement\$(?<text>.*?)\$statement\$\)", RegexOptions.Singleline)]
    private static partial Regex Statement();

    [GeneratedRegex(@"@(\w+)")]
    private static partial Regex Parameter();
}
