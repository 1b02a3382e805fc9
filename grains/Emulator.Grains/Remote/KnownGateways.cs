using System.Net;
using Orleans.Messaging;
using Orleans.Runtime;

namespace Emulator.Grains.Remote;

/// <summary>
/// The gateways that a client may use: the one that a person named, and those of all silos that were active when a run,
/// or a try of one, began.
/// </summary>
public sealed class KnownGateways(IPEndPoint first) : IGatewayListProvider
{
    private volatile IList<Uri> _gateways = [first.ToGatewayUri()];

    /// <inheritdoc/>
    public TimeSpan MaxStaleness { get; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    [Obsolete("Orleans asks every provider anew; this must be there and is not read.")]
    public bool IsUpdatable => true;

    /// <inheritdoc/>
    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IList<Uri>> GetGateways() => Task.FromResult(_gateways);

    /// <summary>Takes over what the silos' membership says.</summary>
    /// <param name="active">The silos that are active.</param>
    public void Learn(IEnumerable<MembershipEntry> active)
    {
        Uri[] gateways =
        [
            .. active.Where(silo => silo.ProxyPort > 0).Select(silo => SiloAddress.New(
                new IPEndPoint(silo.SiloAddress.Endpoint.Address, silo.ProxyPort), silo.SiloAddress.Generation)
                .ToGatewayUri()),
        ];
        if (gateways.Length > 0)
        {
            _gateways = gateways;
        }
    }
}
