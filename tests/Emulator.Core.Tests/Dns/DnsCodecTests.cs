using Emulator.Core.Addresses;
using Emulator.Core.Packets.Dns;

namespace Emulator.Core.Tests.Dns;

/// <summary>Expected bytes: worked by hand from RFC 1035 section 4; its own example of compression is section
/// 4.1.4.</summary>
public class DnsCodecTests
{
    [Fact]
    public void Writes_a_query_byte_for_byte()
    {
        var query = new DnsMessage
        {
            Id = 0x1234, RecursionDesired = true, Questions = [new DnsQuestion("web.default.", DnsType.A)],
        };
        Assert.Equal(
            "123401000001000000000000" + "03776562" + "0764656661756C74" + "00" + "0001" + "0001",
            Convert.ToHexString(DnsWriter.Write(query).Span));
    }

    [Fact]
    public void Points_back_to_names_that_end_alike()
    {
        var answer = new DnsMessage
        {
            Id = 1,
            IsResponse = true,
            IsAuthoritative = true,
            Questions = [new DnsQuestion("F.ISI.ARPA.", DnsType.A)],
            Answers = [new DnsAddress("F.ISI.ARPA.", 5, IPv4Address.Parse("10.0.0.1")),
                new DnsPointer("FOO.F.ISI.ARPA.", 5, DnsType.Cname, "ARPA.")],
        };
        Assert.Equal(
            "000184000001000200000000" + "0146034953490441525041" + "00" + "00010001"
            + "C00C" + "00010001" + "00000005" + "0004" + "0A000001"
            + "03464F4FC00C" + "00050001" + "00000005" + "0002" + "C012",
            Convert.ToHexString(DnsWriter.Write(answer).Span));
    }

    [Fact]
    public void Reads_every_kind_of_record_that_it_writes()
    {
        Assert.True(IPv6Text.TryParse("fd00:77:30::a", out UInt128 six));
        DnsRecord[] records =
        [
            new DnsAddress("a.b.", 1, IPv4Address.Parse("1.2.3.4")),
            new DnsAddress6("a.b.", 2, six),
            new DnsPointer("a.b.", 3, DnsType.Cname, "c.b."),
            new DnsPointer("4.3.2.1.in-addr.arpa.", 4, DnsType.Ptr, "a.b."),
            new DnsService("_http._tcp.a.b.", 5, 0, 100, 80, "a.b."),
            new DnsStartOfAuthority("b.", 6, "ns.b.", "hostmaster.b.", 1, 7200, 1800, 86400, 5),
            new DnsText("a.b.", 7, "1.1.0"),
        ];
        var message = new DnsMessage
        {
            Id = 7, IsResponse = true, ResponseCode = DnsResponseCode.NameError, Answers = records, Authority = records,
            Additional = [new DnsOpaque(".", 0, DnsType.Opt, 1232, new byte[] { 1, 2, 3 })],
        };
        Assert.True(DnsParser.TryParse(DnsWriter.Write(message).Span, out DnsMessage? read));
        Assert.Equal(records, read.Answers);
        Assert.Equal(records, read.Authority);
        Assert.Equal(DnsResponseCode.NameError, read.ResponseCode);
        var options = (DnsOpaque)read.Additional.Single();
        Assert.Equal((1232, 3), (options.Class, options.Content.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("000100000001000000000000")]
    [InlineData("000100000001000000000000" + "C00C" + "00010001")]
    [InlineData("000100000001000000000000" + "01")]
    [InlineData("000100000001000000000000" + "80" + "00010001")]
    [InlineData("000180000000000100000000" + "00" + "00010001" + "00000005" + "0003" + "0A0000")]
    public void Rejects_bytes_that_are_no_message(string hex) =>
        Assert.False(DnsParser.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void Cuts_an_answer_that_does_not_fit_and_says_so()
    {
        var answer = new DnsMessage
        {
            Id = 1,
            IsResponse = true,
            Questions = [new DnsQuestion("many.default.", DnsType.A)],
            Answers = [.. Enumerable.Range(0, 100).Select(
                i => new DnsAddress("many.default.", 5, new IPv4Address((uint)i)))],
        };
        ReadOnlyMemory<byte> bytes = DnsWriter.WriteToFit(answer, DnsMessage.UdpLengthMax);
        Assert.True(DnsParser.TryParse(bytes.Span, out DnsMessage? read));

        // 12 bytes of header, 18 of question, 16 an answer: 30 answers make 510.
        Assert.Equal((510, 30, true), (bytes.Length, read.Answers.Count, read.IsTruncated));
    }

    [Theory]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1234:abcd::1", "1234:abcd::1")]
    [InlineData("10::3", "10::3")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:DB8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0")]
    public void Writes_ipv6_addresses_as_rfc_5952_says(string text, string expected)
    {
        Assert.True(IPv6Text.TryParse(text, out UInt128 address));
        Assert.Equal(expected, IPv6Text.Write(address));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3.4")]
    [InlineData("1:2:3")]
    [InlineData("1::2::3")]
    [InlineData("12345::")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    public void Rejects_what_is_no_ipv6_address(string text) => Assert.False(IPv6Text.TryParse(text, out _));
}
