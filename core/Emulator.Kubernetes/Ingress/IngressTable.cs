using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets.Http;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;

namespace Emulator.Kubernetes.Ingress;

/// <summary>What an ingress controller knows of the cluster: Ingresses of its classes, and the Services they
/// name.</summary>
internal sealed class IngressTable
{
    private const string DefaultClassAnnotation = "ingressclass.kubernetes.io/is-default-class";
    private readonly string _controllerName;
    private readonly ApiClient _api;
    private readonly Informer _ingresses;
    private readonly Informer _classes;
    private readonly Informer _services;
    private IngressRouter? _router;

    /// <summary>Begins to watch.</summary>
    public IngressTable(string controllerName, ApiClient api)
    {
        _controllerName = controllerName;
        _api = api;
        _ingresses = api.Inform(ResourceTypes.Ingresses);
        _classes = api.Inform(ResourceTypes.IngressClasses);
        _services = api.Inform(ResourceTypes.Services);
        _ingresses.OnBatchEnd = _ => _router = null;
        _classes.OnBatchEnd = _ => _router = null;
    }

    /// <summary>Takes a message if it comes from the API server.</summary>
    public bool Handle(Message message, Outbox outbox) => _api.Handle(message, outbox);

    /// <summary>Where a request goes, or the answer where it goes nowhere.</summary>
    public Endpoint? Find(HttpRequest request, out HttpResponse? refusal)
    {
        refusal = null;
        if (!_api.HasSynced)
        {
            refusal = HttpResponse.OfText(
                503, "Service Unavailable", "the controller has not heard of the Ingresses yet\n");
            return null;
        }

        _router ??= new IngressRouter(_ingresses.Objects.Select(IngressView.Of).Where(IsOurs));
        if (_router.Find(request.Host, request.Path) is not IngressRoute route)
        {
            refusal = HttpResponse.OfText(404, "Not Found", $"no rule for {request.Host}{request.Path}\n");
            return null;
        }

        ServiceView? service = _services.Find(route.Namespace, route.Backend.ServiceName) is ApiObject found
            ? ServiceView.Of(found)
            : null;
        int port = service is null ? 0 : PortOf(service, route.Backend);
        if (service?.ClusterIP is IPv4Address address && port > 0)
        {
            return new Endpoint(address, (ushort)port);
        }

        string name = $"{route.Namespace}/{route.Backend.ServiceName}";
        refusal = HttpResponse.OfText(503, "Service Unavailable", $"Service {name} has no such port or no ClusterIP\n");
        return null;
    }

    private bool IsOurs(IngressView ingress)
    {
        if (ingress.ClassName.Length > 0)
        {
            return _classes.Find("", ingress.ClassName) is ApiObject named && IsOurs(named);
        }

        return _classes.Objects.Any(c => IsOurs(c) && c.Annotations[DefaultClassAnnotation] == "true");
    }

    private bool IsOurs(ApiObject ingressClass) => ingressClass.Spec.Find("controller")?.AsString == _controllerName;

    private static int PortOf(ServiceView service, IngressBackend backend) => service.Ports
        .FirstOrDefault(p => backend.PortNumber > 0 ? p.Port == backend.PortNumber : p.Name == backend.PortName)
        ?.Port ?? 0;
}
