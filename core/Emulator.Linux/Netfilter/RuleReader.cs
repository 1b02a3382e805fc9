using System.Globalization;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;

namespace Emulator.Linux.Netfilter;

/// <summary>Reads one rule's text. Options that the model does not have are refused by name, never skipped.</summary>
internal sealed class RuleReader(string line, Func<string, Chain?> chains)
{
    private readonly List<string> _words = RuleTokens.Split(line);
    private readonly List<Match> _matches = [];
    private int _next;
    private int _matchesBefore;
    private string _chain = "";
    private string _module = "";
    private IPProtocol? _protocol;
    private IPProtocol? _bareExtension;
    private Target? _target;
    private bool _negated;

    /// <summary>The rule.</summary>
    /// <exception cref="FormatException">Something is unknown, misplaced or cannot be read; the message has the
    /// line.</exception>
    public Rule Read()
    {
        try
        {
            return ReadWords();
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"'{line}': {wrong.Message}", wrong);
        }
    }

    private Rule ReadWords()
    {
        while (_next < _words.Count)
        {
            string word = _words[_next++];
            if (word == "!")
            {
                _negated = !_negated ? true : throw Wrong("'!' stands twice before one option");
                continue;
            }

            ReadOption(word);
            if (_negated)
            {
                throw Wrong($"'!' cannot stand before {word}");
            }
        }

        FlushBareExtension();
        return _chain.Length > 0
            ? new Rule(_matches, _target ?? new NoTarget()) { ChainName = _chain }
            : throw Wrong("-A and a chain are missing");
    }

    private void ReadOption(string option)
    {
        switch (option)
        {
            case "-A" or "--append":
                _chain = Value(option);
                break;
            case "-s" or "--source" or "--src":
                Add(new SourceMatch(RuleValues.Block(Value(option)), Negated()));
                break;
            case "-d" or "--destination" or "--dst":
                Add(new DestinationMatch(RuleValues.Block(Value(option)), Negated()));
                break;
            case "-i" or "--in-interface":
                Add(new InInterfaceMatch(Value(option), Negated()));
                break;
            case "-o" or "--out-interface":
                Add(new OutInterfaceMatch(Value(option), Negated()));
                break;
            case "-p" or "--protocol":
                ReadProtocol(Value(option));
                break;
            case "-m" or "--match":
                ReadModule(Value(option));
                break;
            case "-j" or "--jump":
                SetTarget(ReadTarget(Value(option)));
                break;
            case "-g" or "--goto":
                SetTarget(new GotoTarget(ChainOf(Value(option))));
                break;
            default:
                ReadModuleOption(option);
                break;
        }
    }

    private void ReadProtocol(string name)
    {
        IPProtocol protocol = RuleValues.Protocol(name);
        bool negated = Negated();
        _protocol = negated ? null : protocol;
        Add(new ProtocolMatch(protocol, negated));
    }

    private void ReadModule(string name)
    {
        FlushBareExtension();
        _module = name;
        _matchesBefore = _matches.Count;
        switch (name)
        {
            case "tcp" or "udp" or "sctp":
                _bareExtension = RuleValues.Protocol(name);
                break;
            case "icmp" or "mark" or "conntrack" or "addrtype" or "statistic" or "recent" or "comment":
                break;
            case "state":
                throw Wrong("-m state is the old name; write -m conntrack --ctstate");
            default:
                throw Wrong($"-m {name} is not known; known are tcp, udp, sctp, icmp, mark, conntrack, addrtype, "
                    + "statistic, recent and comment");
        }
    }

    private void ReadModuleOption(string option)
    {
        switch (option)
        {
            case "--sport" or "--source-port":
                (IPProtocol Protocol, ushort First, ushort Last) source = Ports(Value(option));
                Add(new SourcePortMatch(source.Protocol, source.First, source.Last, Negated()));
                break;
            case "--dport" or "--destination-port":
                (IPProtocol Protocol, ushort First, ushort Last) destination = Ports(Value(option));
                Add(new DestinationPortMatch(destination.Protocol, destination.First, destination.Last, Negated()));
                break;
            case "--icmp-type":
                ReadIcmpType(Value(option));
                break;
            case "--mark" when _module == "mark":
                (uint value, uint mask) = RuleValues.ValueAndMask(Value(option));
                Add(new MarkMatch(value, mask, Negated()));
                break;
            case "--ctstate" when _module == "conntrack":
                Add(new ConntrackStateMatch(RuleValues.States(Value(option)), Negated()));
                break;
            case "--src-type" when _module == "addrtype":
                Add(new AddressTypeMatch(RuleValues.Type(Value(option)), null, Negated()));
                break;
            case "--dst-type" when _module == "addrtype":
                AddDestinationType(RuleValues.Type(Value(option)), Negated());
                break;
            case "--mode" when _module == "statistic":
                string mode = Value(option);
                Require(mode == "random", $"--mode {mode} is not known; only random is");
                break;
            case "--probability" when _module == "statistic":
                Add(new StatisticMatch(RuleValues.Probability(Value(option))));
                break;
            case "--set" or "--rcheck" or "--name" or "--seconds" or "--reap" or "--rsource" or "--mask"
                when _module == "recent":
                _next--;
                Add(ReadRecent());
                break;
            case "--comment" when _module == "comment":
                Add(new CommentMatch(Value(option)));
                break;
            default:
                throw Wrong($"the option {option} is not known" + (_module.Length > 0 ? $" after -m {_module}" : ""));
        }
    }

    /// <summary>Both sides asked in one <c>-m addrtype</c> are one match where both or none are negated.</summary>
    private void AddDestinationType(AddressType type, bool negated)
    {
        if (_matches.Count > _matchesBefore && _matches[^1] is AddressTypeMatch { DestinationType: null } source
            && source.Negated == negated)
        {
            _matches[^1] = source with { DestinationType = type };
        }
        else
        {
            Add(new AddressTypeMatch(null, type, negated));
        }
    }

    private void ReadIcmpType(string text)
    {
        string[] parts = text.Split('/');
        Require(parts.Length <= 2 && byte.TryParse(parts[0], NumberStyles.None, null, out _),
            $"--icmp-type {text} is not a number such as 8 or 3/4");
        byte? code = parts.Length == 2
            ? byte.TryParse(parts[1], NumberStyles.None, null, out byte some) ? some
                : throw Wrong($"--icmp-type {text} has no code after the slash")
            : null;
        Add(new IcmpTypeMatch(byte.Parse(parts[0], CultureInfo.InvariantCulture), code));
    }

    private RecentMatch ReadRecent()
    {
        string name = "DEFAULT";
        bool? set = null;
        int seconds = 0;
        bool reap = false;
        while (_next < _words.Count && _words[_next].StartsWith("--", StringComparison.Ordinal))
        {
            string option = _words[_next++];
            switch (option)
            {
                case "--set" or "--rcheck":
                    set = option == "--set";
                    break;
                case "--name":
                    name = Value(option);
                    break;
                case "--seconds":
                    seconds = Number(option, 1, int.MaxValue);
                    break;
                case "--reap":
                    reap = true;
                    break;
                case "--mask":
                    string mask = Value(option);
                    Require(mask == "255.255.255.255", $"--mask {mask} is not supported; leave it at 255.255.255.255");
                    break;
                case "--rsource":
                    break;
                default:
                    throw Wrong($"the option {option} is not known after -m recent");
            }
        }

        Require(!reap || seconds > 0, "--reap needs --seconds");
        return new RecentMatch(name, set ?? throw Wrong("-m recent needs --set or --rcheck"), seconds, reap);
    }

    private Target ReadTarget(string name)
    {
        switch (name)
        {
            case "ACCEPT":
                return new AcceptTarget();
            case "DROP":
                return new DropTarget();
            case "RETURN":
                return new ReturnTarget();
            case "REJECT":
                return new RejectTarget(TryOption("--reject-with") is string with
                    ? RuleValues.Answer(with) : RejectWith.IcmpPortUnreachable);
            case "DNAT":
                (IPv4Address to, ushort port) = RuleValues.AddressAndPort(Option("--to-destination"));
                return new DnatTarget(to, port);
            case "SNAT":
                (IPv4Address from, ushort fromPort) = RuleValues.AddressAndPort(Option("--to-source"));
                Require(fromPort == 0, "a port after --to-source is not supported; leave it out");
                return new SnatTarget(from, TryFlag("--random-fully"));
            case "MASQUERADE":
                return new MasqueradeTarget(TryFlag("--random-fully"));
            case "MARK":
                return ReadMark();
            case "CT":
                Require(TryFlag("--notrack"), "-j CT is known with --notrack only");
                return new NotrackTarget();
            case "NOTRACK":
                return new NotrackTarget();
            default:
                return new JumpTarget(ChainOf(name));
        }
    }

    private MarkTarget ReadMark()
    {
        string option = _next < _words.Count ? _words[_next++] : "";
        (uint value, uint mask) = RuleValues.ValueAndMask(Value(option));
        return option switch
        {
            "--set-xmark" => new MarkTarget(value, mask),
            "--set-mark" => new MarkTarget(value, value | mask),
            "--or-mark" => new MarkTarget(value, value),
            "--and-mark" => new MarkTarget(0, ~value),
            "--xor-mark" => new MarkTarget(value, 0),
            _ => throw Wrong($"the option {option} is not known after -j MARK"),
        };
    }

    private void SetTarget(Target target) =>
        _target = _target is null ? target : throw Wrong("a rule has only one target");

    private void Add(Match match)
    {
        if (match is SourcePortMatch or DestinationPortMatch)
        {
            _bareExtension = null;
        }

        FlushBareExtension();
        _matches.Add(match);
    }

    private void FlushBareExtension()
    {
        if (_bareExtension is IPProtocol protocol)
        {
            _matches.Add(new ProtocolExtensionMatch(protocol));
            _bareExtension = null;
        }
    }

    private bool Negated()
    {
        bool negated = _negated;
        _negated = false;
        return negated;
    }

    private string Value(string option) =>
        _next < _words.Count ? _words[_next++] : throw Wrong($"the option {option} has no value");

    private string? TryOption(string option) => TryFlag(option) ? Value(option) : null;

    private string Option(string option) => TryOption(option) ?? throw Wrong($"the option {option} is missing");

    private bool TryFlag(string option)
    {
        bool there = _next < _words.Count && _words[_next] == option;
        _next += there ? 1 : 0;
        return there;
    }

    private Chain ChainOf(string name) => chains(name) ?? throw Wrong($"there is no chain or target {name}");

    private int Number(string option, int least, int most)
    {
        string text = Value(option);
        return int.TryParse(text, NumberStyles.None, null, out int number) && number >= least && number <= most
            ? number : throw Wrong($"{option} {text} is not a number from {least} to {most}");
    }

    private (IPProtocol Protocol, ushort First, ushort Last) Ports(string text)
    {
        IPProtocol protocol = _module is "tcp" or "udp" or "sctp" ? RuleValues.Protocol(_module)
            : _protocol ?? throw Wrong("a port needs -p tcp, udp or sctp before it");
        (ushort first, ushort last) = RuleValues.Ports(text);
        return (protocol, first, last);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Wrong(otherwise);
        }
    }

    private static FormatException Wrong(string why) => new($"{why}.");
}
