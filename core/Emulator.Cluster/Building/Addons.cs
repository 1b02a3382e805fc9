using Emulator.Cluster.Spec;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Cluster.Building;

/// <summary>The objects of what runs in the cluster without being asked for: DNS and an ingress controller.</summary>
/// <remarks>Source: the manifests of kubeadm (CoreDNS) and of ingress-nginx for bare metal, less what is not
/// modelled.</remarks>
public static class Addons
{
    /// <summary>The ingress controller's node port for HTTP.</summary>
    public const int IngressNodePort = 30_080;

    /// <summary>The namespace of the ingress controller.</summary>
    public const string IngressNamespace = "ingress-nginx";

    /// <summary>The name of the ingress controller's Service.</summary>
    public const string IngressService = "ingress-nginx-controller";

    /// <summary>How the names of DNS' pods begin.</summary>
    public const string DnsPodPrefix = "kube-system/coredns-";

    /// <summary>How the names of the ingress controller's pods begin.</summary>
    public const string IngressPodPrefix = "ingress-nginx/ingress-nginx-controller-";

    /// <summary>The place of DNS among the Services' addresses.</summary>
    public const int DnsOffset = 10;

    private const string DnsDeployment = """
        {"apiVersion": "apps/v1", "kind": "Deployment",
         "metadata": {"name": "coredns", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}},
         "spec": {"replicas": 2, "selector": {"matchLabels": {"k8s-app": "kube-dns"}},
          "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
          "template": {"metadata": {"labels": {"k8s-app": "kube-dns"}}, "spec": {
            "tolerations": [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}],
            "containers": [{"name": "coredns", "image": "registry.k8s.io/coredns/coredns:v1.12.0",
             "ports": [{"name": "dns", "containerPort": 53, "protocol": "UDP"},
                       {"name": "dns-tcp", "containerPort": 53, "protocol": "TCP"}],
             "resources": {"requests": {"cpu": "100m", "memory": "70Mi"}, "limits": {"memory": "170Mi"}}}]}}}}
        """;

    private const string DnsService = """
        {"apiVersion": "v1", "kind": "Service",
         "metadata": {"name": "kube-dns", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}},
         "spec": {"selector": {"k8s-app": "kube-dns"}, "ports": [
          {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
          {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53}]}}
        """;

    private const string IngressDeployment = """
        {"apiVersion": "apps/v1", "kind": "Deployment",
         "metadata": {"name": "ingress-nginx-controller", "namespace": "ingress-nginx"},
         "spec": {"replicas": 1, "selector": {"matchLabels": {"app.kubernetes.io/name": "ingress-nginx"}},
          "template": {"metadata": {"labels": {"app.kubernetes.io/name": "ingress-nginx"}}, "spec": {
            "containers": [{"name": "controller", "image": "registry.k8s.io/ingress-nginx/controller:v1.12.0",
             "ports": [{"name": "http", "containerPort": 80, "protocol": "TCP"}],
             "resources": {"requests": {"cpu": "100m", "memory": "90Mi"}}}]}}}}
        """;

    private const string IngressNodePortService = """
        {"apiVersion": "v1", "kind": "Service",
         "metadata": {"name": "ingress-nginx-controller", "namespace": "ingress-nginx"},
         "spec": {"type": "NodePort", "selector": {"app.kubernetes.io/name": "ingress-nginx"}, "ports": [
          {"name": "http", "port": 80, "protocol": "TCP", "targetPort": "http", "nodePort": 30080}]}}
        """;

    private const string IngressClass = """
        {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
         "metadata": {"name": "nginx", "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}},
         "spec": {"controller": "k8s.io/ingress-nginx"}}
        """;

    /// <summary>The objects, in the order to create them.</summary>
    public static IEnumerable<ApiObject> Of(ClusterSpec spec)
    {
        if (spec.Addons.Dns)
        {
            yield return Read(DnsService).With(["spec", "clusterIP"], spec.ServiceCidr.At(DnsOffset).ToString());
            yield return Read(DnsDeployment);
        }

        if (spec.Addons.IngressController)
        {
            yield return ApiObject.Named(ResourceTypes.Namespaces, "", IngressNamespace);
            yield return Read(IngressClass);
            yield return Read(IngressNodePortService);
            yield return Read(IngressDeployment);
        }
    }

    // Each is an object.
    private static ApiObject Read(string json) => ApiObject.From((JsonObject)JsonText.Parse(json));
}
