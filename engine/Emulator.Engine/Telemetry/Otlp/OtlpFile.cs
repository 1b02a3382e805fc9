using System.Buffers.Binary;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>
/// A file of requests, each an <c>ExportTraceServiceRequest</c> after its length in four bytes, highest first: the
/// form that the OpenTelemetry collector's file exporter calls <c>proto</c>.
/// </summary>
public sealed class OtlpFile : IOtlpDestination, IDisposable
{
    private readonly FileStream _file;

    /// <summary>Begins a file; one that is there already is replaced.</summary>
    public OtlpFile(string path) => _file = new FileStream(
        path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);

    /// <inheritdoc/>
    public long SpansRejected => 0;

    /// <inheritdoc/>
    public void Send(byte[] request)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, request.Length);
        _file.Write(length);
        _file.Write(request);
    }

    /// <inheritdoc/>
    public void Complete() => _file.Flush();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
