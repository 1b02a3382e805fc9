namespace Emulator.Silo.Hosting;

/// <summary>
/// Hosted services that need each other: they start one after another, though the process starts its services side by
/// side, and stop in the opposite order.
/// </summary>
internal sealed class ServicesInOrder(IReadOnlyList<IHostedService> services) : IHostedService
{
    /// <summary>
    /// Makes one of the hosted services that an action adds.
    /// </summary>
    public static void Gather(IServiceCollection services, Action add)
    {
        HashSet<ServiceDescriptor> before = [.. services];
        add();
        ServiceDescriptor[] added =
            [.. services.Where(s => s.ServiceType == typeof(IHostedService) && !before.Contains(s))];
        foreach (ServiceDescriptor descriptor in added)
        {
            services.Remove(descriptor);
        }

        services.AddSingleton<IHostedService>(
            provider => new ServicesInOrder([.. added.Select(descriptor => Make(descriptor, provider))]));
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (IHostedService service in services)
        {
            await service.StartAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (IHostedService service in services.Reverse())
        {
            await service.StopAsync(cancellationToken);
        }
    }

    private static IHostedService Make(ServiceDescriptor descriptor, IServiceProvider provider) => (IHostedService)(
        descriptor.ImplementationInstance
        ?? descriptor.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, descriptor.ImplementationType!)); // One of the three is set.
}
