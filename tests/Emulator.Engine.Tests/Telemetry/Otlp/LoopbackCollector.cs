using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using Emulator.Engine.Telemetry.Otlp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Emulator.Engine.Tests.Telemetry.Otlp;

/// <summary>A collector on the loopback interface, over HTTP/1.1 or gRPC, that answers as it is told.</summary>
internal sealed class LoopbackCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<byte[]> _accepted = new();
    private readonly WebApplication _application;

    private LoopbackCollector(bool isGrpc)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, l => l.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        _application = builder.Build();
        _application.Run(context => IsOther(context) ? Task.CompletedTask : isGrpc ? Grpc(context) : Http(context));
    }

    /// <summary>Where it listens, once it is started.</summary>
    public OtlpEndpoint Address { get; private set; } = new(new Uri("http://127.0.0.1:1"), false);

    /// <summary>What the next requests are answered with: HTTP or gRPC status. When it is empty they are
    /// accepted.</summary>
    public ConcurrentQueue<int> Refusals { get; } = new();

    /// <summary>The body that an accepted request is answered with.</summary>
    public byte[] Response { get; set; } = [];

    /// <summary>The paths of requests that are not about traces; they are accepted unread.</summary>
    public ConcurrentQueue<string> OtherPaths { get; } = new();

    /// <summary>Counts up when a request has come.</summary>
    public SemaphoreSlim Arrived { get; } = new(0);

    /// <summary>While it is there, requests wait for it before they are answered.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>All spans of accepted requests, in order.</summary>
    public ReceivedSpan[] Spans => [.. _accepted.SelectMany(ReceivedSpan.Read)];

    public static async Task<LoopbackCollector> Start(bool isGrpc)
    {
        var collector = new LoopbackCollector(isGrpc);
        await collector._application.StartAsync();
        string address = collector._application.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First(); // Kestrel has the feature once it is started.
        collector.Address = new OtlpEndpoint(new Uri(address), isGrpc);
        return collector;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private bool IsOther(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        bool isOther = path != "/v1/traces" && !path.EndsWith("TraceService/Export", StringComparison.Ordinal);
        if (isOther)
        {
            OtherPaths.Enqueue(path);
        }

        return isOther;
    }

    private async Task Http(HttpContext context)
    {
        Assert.Equal(("POST", "application/x-protobuf"), (context.Request.Method, context.Request.ContentType));
        byte[] request = await Body(context);
        context.Response.StatusCode = Refusals.TryDequeue(out int status) ? status : Accept(request);
        await context.Response.Body.WriteAsync(Response);
    }

    private async Task Grpc(HttpContext context)
    {
        Assert.Equal(("HTTP/2", "/opentelemetry.proto.collector.trace.v1.TraceService/Export", "application/grpc"),
            (context.Request.Protocol, context.Request.Path.Value, context.Request.ContentType));
        byte[] framed = await Body(context);
        Assert.Equal(0, framed[0]);
        Assert.Equal(framed.Length - 5, BinaryPrimitives.ReadInt32BigEndian(framed.AsSpan(1)));
        int status = Refusals.TryDequeue(out int refusal) ? refusal : 0;
        context.Response.ContentType = "application/grpc";
        if (status == 0)
        {
            Accept(framed[5..]);
            var prefix = new byte[5];
            BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), Response.Length);
            await context.Response.Body.WriteAsync(prefix);
            await context.Response.Body.WriteAsync(Response);
        }

        context.Response.AppendTrailer("grpc-status", $"{status}");
    }

    private int Accept(byte[] request)
    {
        _accepted.Enqueue(request);
        return 200;
    }

    private async Task<byte[]> Body(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Arrived.Release();
        if (Gate is { } gate)
        {
            await gate.Task;
        }

        return body.ToArray();
    }
}
