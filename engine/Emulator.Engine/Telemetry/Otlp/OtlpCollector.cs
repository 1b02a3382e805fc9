using System.Threading.Channels;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>
/// A collector: requests wait in a bounded queue and one task sends them in order. When the queue is full
/// <see cref="Send"/> blocks, so a slow collector slows the run and loses nothing. One that refuses for good stops
/// the run.
/// </summary>
public sealed class OtlpCollector : IOtlpDestination, IDisposable
{
    /// <summary>The longest pause between two attempts.</summary>
    public static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(8);

    private readonly OtlpEndpoint _endpoint;
    private readonly OtlpOptions _options;
    private readonly OtlpTransport _transport;
    private readonly Channel<byte[]> _waiting;
    private readonly Task _sending;
    private long _rejected;

    /// <summary>A collector; nothing is sent before the first request.</summary>
    public OtlpCollector(OtlpEndpoint endpoint, OtlpOptions options)
    {
        _endpoint = endpoint;
        _options = options;
        _transport = new OtlpTransport(endpoint, TimeSpan.FromMilliseconds(options.AttemptTimeoutMilliseconds));
        _waiting = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(options.WaitingBatchesMax)
            {
                SingleReader = true, FullMode = BoundedChannelFullMode.Wait,
            });
        _sending = Task.Run(SendAll);
    }

    /// <inheritdoc/>
    public long SpansRejected => Interlocked.Read(ref _rejected);

    /// <summary>Takes a request if there is room for one more to wait.</summary>
    public bool TrySend(byte[] request) => _waiting.Writer.TryWrite(request);

    /// <inheritdoc/>
    /// <exception cref="OtlpExportException">The collector refused an earlier request for good.</exception>
    public void Send(byte[] request)
    {
        while (!TrySend(request))
        {
            if (!_waiting.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
            {
                throw new OtlpExportException("The export has ended: nothing may be sent after Complete.");
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="OtlpExportException">The collector refused a request for good.</exception>
    public void Complete()
    {
        _waiting.Writer.TryComplete();
        _sending.GetAwaiter().GetResult();
    }

    /// <summary>Gives up what was not sent; call <see cref="Complete"/> before to lose nothing.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _transport.Dispose();
    }

    private async Task SendAll()
    {
        try
        {
            await foreach (byte[] request in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await SendOne(request).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            _waiting.Writer.TryComplete(e); // Whoever waits to write gets the exception.
            throw;
        }
    }

    private async Task SendOne(byte[] request)
    {
        TimeSpan delay = TimeSpan.FromMilliseconds(_options.RetryDelayMilliseconds);
        for (int attempt = 1; ; attempt++)
        {
            OtlpAttempt result = await _transport.Send(request).ConfigureAwait(false);
            if (result.IsAccepted)
            {
                Interlocked.Add(ref _rejected, ExportResponse.RejectedSpans(result.Response));
                return;
            }

            if (!result.MayRetry || attempt == _options.AttemptsMax)
            {
                throw new OtlpExportException(
                    $"OTLP collector {_endpoint.Address} did not take spans after {attempt} attempts "
                    + $"({result.Problem}); "
                    + "check that it runs and takes OTLP there, or run without --otlp.");
            }

            TimeSpan pause = result.RetryAfter ?? delay;
            await Task.Delay(pause < RetryDelayMax ? pause : RetryDelayMax).ConfigureAwait(false);
            delay = delay * 2 < RetryDelayMax ? delay * 2 : RetryDelayMax;
        }
    }
}
