using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Emulator.Silo.Configuration;

/// <summary>Every setting of the silo, and how together they become <see cref="SiloOptions"/>.</summary>
internal sealed class SiloSettings
{
    private readonly Setting _engine = new("--engine", "orleans|process", "Who runs the actors. [default: orleans]");
    private readonly Setting _clustering = new(
        "--clustering", "localhost|postgres",
        "How silos find each other: in the first silo's memory, on one machine; or in PostgreSQL. "
        + "[default: localhost]");
    private readonly Setting _connection = new(
        "--connection", "STRING",
        "PostgreSQL, for --clustering postgres: Host=…;Database=…;Username=…;Password=….");
    private readonly Setting _clusterId = new(
        "--cluster-id", "ID", "Silos with equal ids form a cluster. [default: emulator]");
    private readonly Setting _serviceId = new("--service-id", "ID", "The service's id. [default: emulator]");
    private readonly Setting _siloPort = new("--silo-port", "PORT", "Where other silos connect. [default: 11111]");
    private readonly Setting _gatewayPort = new("--gateway-port", "PORT", "Where clients connect. [default: 30000]");
    private readonly Setting _httpPort = new(
        "--http-port", "PORT", "Where /metrics, /healthz, /readyz and /orleans are served. [default: 8081]");
    private readonly Setting _advertise = new(
        "--advertise", "IP",
        "The address that others are told to use; where it is not a loopback one, all ports listen to other machines. "
        + "[default: 127.0.0.1; with --clustering postgres this machine's own]");
    private readonly Setting _primary = new(
        "--primary", "HOST:PORT",
        "The first silo's silo port, for --clustering localhost; left out by the first silo itself.");
    private readonly Setting _name = new(
        "--name", "NAME", "The silo's name in lists and logs. [default: host name and silo port]");

    /// <summary>Their options, in the order of help.</summary>
    public IEnumerable<Option> Options =>
        from setting in (Setting[])
        [
            _engine, _clustering, _connection, _clusterId, _serviceId, _siloPort, _gatewayPort, _httpPort, _advertise,
            _primary, _name,
        ]
        select setting.Option;

    /// <summary>Reads them all; the reader holds what is wrong.</summary>
    public SiloOptions Read(SettingReader reader)
    {
        ClusteringKind clustering = reader.Word(_clustering, ClusteringKind.Localhost, Clusterings);
        int siloPort = reader.Port(_siloPort, 11111);
        var options = new SiloOptions
        {
            Engine = reader.Word(_engine, EngineKind.Orleans, Engines),
            Clustering = clustering,
            Connection = Connection(reader, clustering),
            ClusterId = reader.Text(_clusterId, "emulator"),
            ServiceId = reader.Text(_serviceId, "emulator"),
            SiloPort = siloPort,
            GatewayPort = reader.Port(_gatewayPort, 30000),
            HttpPort = reader.Port(_httpPort, 8081),
            Advertised = Advertised(reader, clustering),
            Primary = Primary(reader, clustering),
            Name = reader.Text(_name, $"{Environment.MachineName}-{siloPort}"),
        };
        RefuseEqualPorts(reader, options);
        return options;
    }

    private static SortedList<string, EngineKind> Engines => new(StringComparer.Ordinal)
    {
        ["orleans"] = EngineKind.Orleans,
        ["process"] = EngineKind.Process,
    };

    private static SortedList<string, ClusteringKind> Clusterings => new(StringComparer.Ordinal)
    {
        ["localhost"] = ClusteringKind.Localhost,
        ["postgres"] = ClusteringKind.Postgres,
    };

    // A connection string holds a password, so it is never printed.
    private string? Connection(SettingReader reader, ClusteringKind clustering)
    {
        bool isGiven = reader.TryGet(_connection, out string? text, out string source);
        if (clustering != ClusteringKind.Postgres)
        {
            if (isGiven)
            {
                reader.Refuse($"{source}: is for --clustering postgres; add that, or leave this out.");
            }

            return null;
        }

        if (!isGiven)
        {
            reader.Refuse(
                $"--clustering: 'postgres' needs a database; add --connection \"Host=…;Database=…;Username=…\" "
                + $"or set {_connection.Variable}.");
            return null;
        }

        try
        {
            if (new NpgsqlConnectionStringBuilder(text) is { Host.Length: > 0 })
            {
                return text;
            }

            reader.Refuse($"{source}: names no host; write Host=…;Database=…;Username=…;Password=….");
        }
        catch (ArgumentException)
        {
            reader.Refuse(
                $"{source}: is not a PostgreSQL connection string (its text is not shown, since it may hold a "
                + "password); write Host=…;Database=…;Username=…;Password=….");
        }

        return null;
    }

    private IPAddress? Advertised(SettingReader reader, ClusteringKind clustering)
    {
        IPAddress? otherwise = clustering == ClusteringKind.Postgres ? null : IPAddress.Loopback;
        if (!reader.TryGet(_advertise, out string? text, out string source))
        {
            return otherwise;
        }

        if (IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork
            && !address.Equals(IPAddress.Any) && text == address.ToString())
        {
            return address;
        }

        reader.Refuse(
            source, text,
            "is not an IPv4 address that others can reach; write one of this machine's, such as 10.0.0.5.");
        return otherwise;
    }

    private DnsEndPoint? Primary(SettingReader reader, ClusteringKind clustering)
    {
        if (!reader.TryGet(_primary, out string? text, out string source))
        {
            return null;
        }

        if (clustering != ClusteringKind.Localhost)
        {
            reader.Refuse(
                source, text, "is for --clustering localhost; silos find each other in PostgreSQL, leave this out.");
            return null;
        }

        int colon = text.LastIndexOf(':');
        if (colon > 0 && SettingReader.TryReadPort(text.AsSpan(colon + 1), out int port)
            && Uri.CheckHostName(text[..colon]) is UriHostNameType.Dns or UriHostNameType.IPv4)
        {
            return new DnsEndPoint(text[..colon], port, AddressFamily.InterNetwork);
        }

        reader.Refuse(source, text, "is not HOST:PORT; write the first silo's silo port, such as 127.0.0.1:11111.");
        return null;
    }

    private void RefuseEqualPorts(SettingReader reader, SiloOptions options)
    {
        (Setting Setting, int Port)[] ports =
        [
            (_siloPort, options.SiloPort), (_gatewayPort, options.GatewayPort), (_httpPort, options.HttpPort),
        ];
        for (int i = 1; i < ports.Length; i++)
        {
            int earlier = Array.FindIndex(ports, 0, i, other => other.Port == ports[i].Port);
            if (earlier >= 0)
            {
                reader.Refuse(
                    ports[i].Setting.Option.Name, $"{ports[i].Port}",
                    $"is {ports[earlier].Setting.Option.Name} too; give each its own port.");
            }
        }
    }
}
