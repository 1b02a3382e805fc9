using System.Diagnostics.CodeAnalysis;
using Emulator.Core.Addresses;

namespace Emulator.Kubernetes.Cni;

/// <summary>
/// Gives out the addresses of a node's pod CIDR: one after another, so that an address that was given back rests until
/// all others have had their turn.
/// </summary>
/// <remarks>Source: the CNI plugin host-local. The network's own address, the gateway's (the first after it) and the
/// broadcast address are never given. Addresses that a pod asks for by name do not move the turn.</remarks>
/// <param name="block">The node's pod CIDR, /30 or larger.</param>
public sealed class HostLocalIpam(Cidr block)
{
    private readonly Dictionary<IPv4Address, string> _owners = [];
    private readonly Dictionary<string, IPv4Address> _addresses = new(StringComparer.Ordinal);
    private long _last = FirstOffset - 1;

    private const long FirstOffset = 2;

    /// <summary>The node's pod CIDR.</summary>
    public Cidr Block { get; } = block;

    /// <summary>The address of the bridge.</summary>
    public IPv4Address Gateway => Block.At(1);

    /// <summary>How many addresses are given out.</summary>
    public int Count => _owners.Count;

    /// <summary>Gives an owner an address.</summary>
    /// <param name="owner">Who: a pod's UID. One that has an address gets the same again.</param>
    /// <param name="wanted">Which, or null for the next.</param>
    /// <param name="address">The address.</param>
    /// <param name="problem">Why there is none, in host-local's words.</param>
    public bool TryAllocate(
        string owner, IPv4Address? wanted, out IPv4Address address, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (_addresses.TryGetValue(owner, out address))
        {
            return true;
        }

        if (wanted is { } asked)
        {
            address = asked;
            problem = !IsUsable(asked) ? $"requested IP address {asked} is not in range set {Range}"
                : _owners.ContainsKey(asked) ? $"requested IP address {asked} is not available in range set {Range}"
                : null;
        }
        else if (!TryNext(out address))
        {
            problem = $"no IP addresses available in range set: {Range}";
        }

        if (problem is not null)
        {
            return false;
        }

        _owners.Add(address, owner);
        _addresses.Add(owner, address);
        return true;
    }

    /// <summary>Takes an owner's address back.</summary>
    public void Release(string owner)
    {
        if (_addresses.Remove(owner, out IPv4Address address))
        {
            _owners.Remove(address);
        }
    }

    private string Range => $"{Block.At(1)}-{Block.At(Block.Count - 2)}";

    private bool IsUsable(IPv4Address address) =>
        Block.Contains(address) && address.Value - Block.Address.Value >= FirstOffset && address != Block.Last;

    private bool TryNext(out IPv4Address address)
    {
        long places = Block.Count - 1 - FirstOffset;
        for (long tried = 0; tried < places; tried++)
        {
            _last = _last + 1 < Block.Count - 1 ? _last + 1 : FirstOffset;
            address = Block.At(_last);
            if (!_owners.ContainsKey(address))
            {
                return true;
            }
        }

        address = default;
        return false;
    }
}
