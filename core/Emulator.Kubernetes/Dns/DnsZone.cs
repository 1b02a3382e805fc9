using Emulator.Core.Packets.Dns;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Dns;

/// <summary>The names of a cluster: Services, endpoints, Namespaces and pods in, answers out.</summary>
/// <remarks>
/// Source: CoreDNS' kubernetes plugin, and the Kubernetes DNS specification 1.1.0. A name outside the zone that
/// <see cref="DnsZoneOptions.Hosts"/> does not have is answered with SERVFAIL, as CoreDNS does when its upstream cannot
/// be reached: there is none. Reverse names that nobody has are NXDOMAIN. Left out: zone transfer, federation, TXT but
/// <c>dns-version</c>.
/// </remarks>
public sealed class DnsZone
{
    private const string SpecificationVersion = "1.1.0";
    private const uint VersionTimeToLive = 28_800;
    private const int AliasesMax = 7;
    private readonly DnsZoneOptions _options;
    private readonly ZoneIndex _index = new();
    private readonly ZoneLookup _lookup;
    private readonly string _zone;

    /// <summary>A zone without objects.</summary>
    public DnsZone(DnsZoneOptions options)
    {
        _options = options;
        _zone = options.Zone.TrimEnd('.').ToLowerInvariant() + ".";
        _lookup = new ZoneLookup(options, _index);
    }

    /// <summary>Takes a Service, EndpointSlice, Namespace or Pod, new or changed.</summary>
    /// <exception cref="ArgumentException">The object is of another type.</exception>
    public void Put(ApiObject @object) => _index.Put(@object);

    /// <summary>Forgets an object.</summary>
    public void Remove(ApiObject @object) => _index.Remove(@object.Type, @object.Key);

    /// <summary>Answers a query.</summary>
    public DnsMessage Answer(DnsMessage query)
    {
        DnsMessage answer = new()
        {
            Id = query.Id,
            IsResponse = true,
            Opcode = query.Opcode,
            RecursionDesired = query.RecursionDesired,
            RecursionAvailable = true,
            Questions = query.Questions,
        };
        if (query.Opcode != 0)
        {
            return answer with { ResponseCode = DnsResponseCode.NotImplemented };
        }

        return query.Questions.Count == 1
            ? Answer(query.Questions[0], answer)
            : answer with { ResponseCode = DnsResponseCode.FormatError };
    }

    private DnsMessage Answer(DnsQuestion question, DnsMessage answer)
    {
        string lower = question.Name.ToLowerInvariant();
        if (ZoneAddress.TryParseReverse(lower, out ZoneAddress address))
        {
            return AnswerReverse(question, address, answer);
        }

        if (lower != _zone && !lower.EndsWith("." + _zone, StringComparison.Ordinal))
        {
            return AnswerHost(question, lower, answer);
        }

        string before = lower == _zone ? "" : lower[..^(_zone.Length + 1)];
        string zone = question.Name[^_zone.Length..];
        answer = answer with { IsAuthoritative = true };
        if (question.Type == DnsType.Txt && before == "dns-version")
        {
            return answer with { Answers = [new DnsText(question.Name, VersionTimeToLive, SpecificationVersion)] };
        }

        if (before.Length == 0 && question.Type is DnsType.Soa or DnsType.Ns)
        {
            return answer with { Answers = [question.Type == DnsType.Soa ? Soa(zone) : Ns(zone)] };
        }

        IReadOnlyList<ZoneFinding>? found = ZoneName.Parse(before) is ZoneName name ? _lookup.Find(name, zone) : null;
        if (found is null)
        {
            return answer with { ResponseCode = DnsResponseCode.NameError, Authority = [Soa(zone)] };
        }

        var additional = new List<DnsRecord>();
        IReadOnlyList<DnsRecord> records = Records(question, found, additional, 0);
        return records.Count == 0
            ? answer with { Authority = [Soa(zone)] }
            : answer with { Answers = records, Additional = additional };
    }

    private IReadOnlyList<DnsRecord> Records(
        DnsQuestion question, IReadOnlyList<ZoneFinding> found, List<DnsRecord> additional, int depth)
    {
        switch (question.Type)
        {
            case DnsType.A or DnsType.Aaaa:
                return Addresses(question, found, depth);
            case DnsType.Srv:
                return Services(question, found, additional);
            case DnsType.Cname:
                return [.. found.Where(f => f.Alias.Length > 0)
                    .Select(f => new DnsPointer(question.Name, _options.TimeToLiveSeconds, DnsType.Cname, f.Alias))];
            default:
                return [];
        }
    }

    private List<DnsRecord> Addresses(DnsQuestion question, IReadOnlyList<ZoneFinding> found, int depth)
    {
        var records = new List<DnsRecord>();
        foreach (ZoneFinding finding in found)
        {
            if (finding.Alias.Length > 0)
            {
                records.AddRange(Follow(question, finding.Alias, depth));
            }
            else if (finding.Address.Type == question.Type)
            {
                DnsRecord record = finding.Address.ToRecord(question.Name, _options.TimeToLiveSeconds);
                if (!records.Contains(record))
                {
                    records.Add(record);
                }
            }
        }

        return records;
    }

    // An alias is followed here where this zone or the hosts know its target; else the client gets the alias alone.
    private IEnumerable<DnsRecord> Follow(DnsQuestion question, string target, int depth)
    {
        if (depth >= AliasesMax || string.Equals(target, question.Name, StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        var alias = new DnsPointer(question.Name, _options.TimeToLiveSeconds, DnsType.Cname, target);
        string lower = target.ToLowerInvariant();
        var next = new DnsQuestion(target, question.Type);
        if (!lower.EndsWith("." + _zone, StringComparison.Ordinal))
        {
            return [alias, .. HostRecords(next, lower)];
        }

        IReadOnlyList<ZoneFinding>? found = ZoneName.Parse(lower[..^(_zone.Length + 1)]) is ZoneName name
            ? _lookup.Find(name, _zone)
            : null;
        IReadOnlyList<DnsRecord> records = found is null ? [] : Records(next, found, [], depth + 1);
        return records.Count == 0 ? [] : [alias, .. records];
    }

    // CoreDNS shares a weight of 100 among all that it found, and names each target once.
    private List<DnsRecord> Services(DnsQuestion question, IReadOnlyList<ZoneFinding> found, List<DnsRecord> additional)
    {
        var records = new List<DnsRecord>();
        ushort weight = (ushort)Math.Max(1, 100 / Math.Max(1, found.Count));
        foreach (ZoneFinding finding in found.Where(f => f.Port >= 0))
        {
            string target = finding.Alias.Length > 0 ? finding.Alias : finding.Target;
            var record = new DnsService(
                question.Name, _options.TimeToLiveSeconds, 0, weight, (ushort)finding.Port, target);
            if (!records.Contains(record))
            {
                records.Add(record);
            }

            if (finding.Alias.Length == 0)
            {
                DnsRecord address = finding.Address.ToRecord(target, _options.TimeToLiveSeconds);
                if (!additional.Contains(address))
                {
                    additional.Add(address);
                }
            }
        }

        return records;
    }

    private DnsMessage AnswerReverse(DnsQuestion question, ZoneAddress address, DnsMessage answer)
    {
        IReadOnlyList<string> names = _lookup.NamesOf(address, _zone);
        if (names.Count == 0)
        {
            return answer with { ResponseCode = DnsResponseCode.NameError, Authority = [Soa(_zone)] };
        }

        answer = answer with { IsAuthoritative = true };
        return question.Type == DnsType.Ptr
            ? answer with
            {
                Answers = [.. names.Select(
                    n => new DnsPointer(question.Name, _options.TimeToLiveSeconds, DnsType.Ptr, n))],
            }
            : answer with { Authority = [Soa(_zone)] };
    }

    private DnsMessage AnswerHost(DnsQuestion question, string lower, DnsMessage answer)
    {
        if (!IsHost(lower))
        {
            return answer with { ResponseCode = DnsResponseCode.ServerFailure };
        }

        return answer with { IsAuthoritative = true, Answers = [.. HostRecords(question, lower)] };
    }

    private IEnumerable<DnsRecord> HostRecords(DnsQuestion question, string lower) => question.Type != DnsType.A
        ? []
        : _options.Hosts.Where(h => IsSame(h.Name, lower))
            .Select(h => new DnsAddress(question.Name, _options.TimeToLiveSeconds, h.Address));

    private bool IsHost(string lower) => _options.Hosts.Any(h => IsSame(h.Name, lower));

    private static bool IsSame(string host, string lower) =>
        string.Equals(host.TrimEnd('.') + ".", lower, StringComparison.OrdinalIgnoreCase);

    private DnsStartOfAuthority Soa(string zone) => new(
        zone, _options.TimeToLiveSeconds, $"ns.dns.{zone}", $"hostmaster.{zone}", _index.Changes, 7200, 1800, 86400,
        _options.TimeToLiveSeconds);

    private DnsPointer Ns(string zone) => new(zone, _options.TimeToLiveSeconds, DnsType.Ns, $"ns.dns.{zone}");
}
