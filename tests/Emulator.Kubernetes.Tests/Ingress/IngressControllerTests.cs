using System.Text;
using Emulator.Core.Actors;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Kubernetes.Ingress;
using Emulator.Kubernetes.Tests.Dns;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;

namespace Emulator.Kubernetes.Tests.Ingress;

/// <summary>The proxy between a client and Services, with real packets. Expected answers: see
/// <see cref="IngressController"/>.</summary>
public class IngressControllerTests
{
    private readonly PodRig _rig = new();

    public IngressControllerTests()
    {
        _rig.AddAddress("10.96.0.80");
        _rig.AddAddress("10.96.0.60");
        _rig.Put("""
            {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "nginx",
             "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}},
             "spec": {"controller": "k8s.io/ingress-nginx"}}
            """);
        _rig.Put("""
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"},
             "spec": {"clusterIP": "10.96.0.60", "ports": [{"name": "http", "port": 8080}]}}
            """);
        PutIngress("web", "nginx", "web.example", "/", "web", "http");
        _rig.Start("controller", new IngressController(_rig.Root, _rig.ApiServer)
        {
            ReadTimeout = SimDuration.FromSeconds(3),
        });
        _rig.RunFor(1);
    }

    [Fact]
    public void Proxies_a_request_to_its_service_in_one_exchange()
    {
        _rig.Start("app", new EchoServer("shop/web-0", [8080], []));
        ExchangeResult result = Get("web.example", "/cart");

        Assert.Equal((200, "shop/web-0\n"), (result.Status, Encoding.UTF8.GetString(result.Reply.ToBytes().Span)));
        int served = _rig.Outbox.Journal.Entries.ToArray()
            .Count(e => e.Flow == result.Flow && ReferenceEquals(e.Subject, ServedExchange.Http));
        Assert.Equal(4, served);
    }

    [Fact]
    public void Tells_the_service_who_asks()
    {
        var seen = new Recorder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nyes\r\n0\r\n\r\n");
        _rig.Start("app", seen);
        ExchangeResult result = Get("web.example", "/cart?x=1");

        Assert.Equal("yes", Encoding.UTF8.GetString(result.Reply.ToBytes().Span));
        string request = seen.Text.ToString();
        Assert.StartsWith("GET /cart?x=1 HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Host: web.example\r\n", request, StringComparison.Ordinal);
        Assert.Contains("X-Forwarded-For: 10.96.0.80\r\n", request, StringComparison.Ordinal);
        Assert.Contains("X-Forwarded-Host: web.example\r\n", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other.example", 404)]
    [InlineData("web.example", 503)]
    public void Answers_itself_where_no_rule_or_no_service_takes_the_request(string host, int status) =>
        Assert.Equal(status, Get(host, "/").Status);

    [Fact]
    public void Answers_503_for_a_service_that_is_not_there()
    {
        PutIngress("ghost", "nginx", "ghost.example", "/", "ghost", "http");
        _rig.RunFor(1);
        Assert.Equal(503, Get("ghost.example", "/").Status);
    }

    [Fact]
    public void Answers_504_when_the_service_takes_too_long()
    {
        _rig.Start("app", new Recorder(""));
        ExchangeResult result = Get("web.example", "/");
        Assert.Equal(504, result.Status);
        Assert.Equal(3, result.Latency.Nanoseconds / 1_000_000_000);
    }

    [Theory]
    [InlineData("this is no http\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", true)]
    public void Answers_502_when_the_reply_is_none(string reply, bool closes = false)
    {
        _rig.Start("app", new Recorder(reply, closes));
        Assert.Equal(502, Get("web.example", "/").Status);
    }

    [Fact]
    public void Leaves_ingresses_of_other_classes_alone()
    {
        _rig.Start("app", new EchoServer("shop/web-0", [8080], []));
        PutIngress("foreign", "somebody-else", "foreign.example", "/", "web", "http");
        PutIngress("classless", null, "classless.example", "/", "web", "http");
        _rig.RunFor(1);
        Assert.Equal(404, Get("foreign.example", "/").Status);
        Assert.Equal(200, Get("classless.example", "/").Status);
    }

    [Fact]
    public void Answers_requests_of_one_connection_in_turn()
    {
        _rig.Start("app", new EchoServer("shop/web-0", [8080], []));
        const string Two = "GET /1 HTTP/1.1\r\nHost: web.example\r\n\r\n"
            + "GET /2 HTTP/1.1\r\nHost: nobody\r\nConnection: close\r\n\r\n";
        ExchangeResult result = _rig.Ask(new ExchangeRequest
        {
            Kind = ExchangeKind.Tcp, Host = "10.96.0.80", Port = 80, Bytes = Payload.FromText(Two), ReplyLength = 300,
        });
        string text = Encoding.UTF8.GetString(result.Reply.ToBytes().Span);
        Assert.Equal(0, text.IndexOf("HTTP/1.1 200 OK", StringComparison.Ordinal));
        Assert.True(text.IndexOf("HTTP/1.1 404 Not Found", StringComparison.Ordinal) > 0, text);
    }

    private ExchangeResult Get(string host, string path) => _rig.Ask(new ExchangeRequest
    {
        Kind = ExchangeKind.Http, Host = "10.96.0.80", Port = 80, HostHeader = host, Path = path,
    });

    private void PutIngress(string name, string? className, string host, string path, string service, string port) =>
        _rig.Put(
        $$"""
        {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "{{name}}", "namespace": "shop"},
         "spec": {"ingressClassName": {{(className is null ? "null" : $"\"{className}\"")}},
          "rules": [{"host": "{{host}}", "http": {"paths": [{"path": "{{path}}", "pathType": "Prefix",
           "backend": {"service": {"name": "{{service}}", "port": {"name": "{{port}}"} } } }]} }]} }
        """);

    /// <summary>Writes down what it is asked, and answers the same every time.</summary>
    private sealed record Recorder(string Reply, bool Closes = false) : Program
    {
        public StringBuilder Text { get; } = new();

        public override string Name => "recorder";

        public override Process Start() => new Running(this);

        private sealed class Running(Recorder program) : Process
        {
            public override void OnStart(ProcessContext context) =>
                Assert.True(context.TryListenTcp(8080, out _, out _));

            public override void OnReceived(TcpConnection connection, Payload bytes, ProcessContext context)
            {
                program.Text.Append(Encoding.UTF8.GetString(bytes.ToBytes().Span));
                context.Send(connection, Payload.FromText(program.Reply));
                if (program.Closes)
                {
                    context.Close(connection);
                }
            }
        }
    }
}
