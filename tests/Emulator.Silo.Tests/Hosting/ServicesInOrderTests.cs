using Emulator.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Emulator.Silo.Tests.Hosting;

public class ServicesInOrderTests
{
    private readonly List<string> _calls = [];
    private readonly ServiceCollection _services = [];

    [Fact]
    public async Task Gathered_services_start_in_their_order_and_stop_in_the_opposite()
    {
        ServicesInOrder.Gather(_services, () => Add("a", "b"));
        IHostedService gathered = _services.BuildServiceProvider().GetServices<IHostedService>().Single();

        await gathered.StartAsync(default);
        await gathered.StopAsync(default);

        Assert.Equal(["start a", "start b", "stop b", "stop a"], _calls);
    }

    [Fact]
    public async Task After_a_service_that_fails_none_is_started()
    {
        ServicesInOrder.Gather(_services, () => Add("bad", "b"));
        IHostedService gathered = _services.BuildServiceProvider().GetServices<IHostedService>().Single();

        await Assert.ThrowsAsync<SiloException>(() => gathered.StartAsync(default));

        Assert.Empty(_calls);
    }

    [Fact]
    public void Services_from_before_are_left_as_they_are()
    {
        Add("before");

        ServicesInOrder.Gather(_services, () => Add("a"));

        Assert.Equal(2, _services.BuildServiceProvider().GetServices<IHostedService>().Count());
    }

    private void Add(params string[] names)
    {
        foreach (string name in names)
        {
            _services.AddSingleton<IHostedService>(_ => new Recorded(name, _calls));
        }
    }

    private sealed class Recorded(string name, List<string> calls) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (name == "bad")
            {
                throw new SiloException("bad");
            }

            calls.Add($"start {name}");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            calls.Add($"stop {name}");
            return Task.CompletedTask;
        }
    }
}
