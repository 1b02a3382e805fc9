using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Emulator.Core.Packets.Dns;

/// <summary>IPv6 addresses in text: DNS alone speaks of them, no packet here carries them.</summary>
/// <remarks>Source: RFC 4291 section 2.2, RFC 5952 section 4. Embedded dotted decimal is left out.</remarks>
public static class IPv6Text
{
    /// <summary>The shortest text of an address, as RFC 5952 has it.</summary>
    public static string Write(UInt128 address)
    {
        (int first, int length) = LongestZeros(address);
        var text = new StringBuilder();
        for (int i = 0; i < 8; i++)
        {
            if (i == first && length > 1)
            {
                text.Append("::");
                i += length - 1;
                continue;
            }

            if (text.Length > 0 && text[^1] != ':')
            {
                text.Append(':');
            }

            text.Append(CultureInfo.InvariantCulture, $"{Group(address, i):x}");
        }

        return text.ToString();
    }

    /// <summary>Reads an address.</summary>
    public static bool TryParse(string text, out UInt128 address)
    {
        address = 0;
        string[] halves = text.Split("::");
        if (halves.Length > 2 || !text.Contains(':'))
        {
            return false;
        }

        if (!TryParseGroups(halves[0], out List<ushort> left))
        {
            return false;
        }

        List<ushort> right = [];
        if (halves.Length == 2 && !TryParseGroups(halves[1], out right))
        {
            return false;
        }

        int missing = 8 - left.Count - right.Count;
        if (halves.Length == 2 ? missing < 1 : missing != 0)
        {
            return false;
        }

        foreach (ushort group in left.Concat(Enumerable.Repeat((ushort)0, missing)).Concat(right))
        {
            address = (address << 16) | group;
        }

        return true;
    }

    /// <summary>The sixteen bytes, first highest.</summary>
    public static byte[] ToBytes(UInt128 address)
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return bytes;
    }

    private static bool TryParseGroups(string text, out List<ushort> groups)
    {
        groups = [];
        if (text.Length == 0)
        {
            return true;
        }

        foreach (string part in text.Split(':'))
        {
            if (part.Length is 0 or > 4
                || !ushort.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                    out ushort group))
            {
                return false;
            }

            groups.Add(group);
        }

        return groups.Count <= 8;
    }

    private static (int First, int Length) LongestZeros(UInt128 address)
    {
        (int First, int Length) best = (-1, 0);
        for (int i = 0; i < 8; i++)
        {
            int length = 0;
            while (i + length < 8 && Group(address, i + length) == 0)
            {
                length++;
            }

            if (length > best.Length)
            {
                best = (i, length);
            }
        }

        return best;
    }

    private static ushort Group(UInt128 address, int index) => (ushort)(address >> (16 * (7 - index)));
}
