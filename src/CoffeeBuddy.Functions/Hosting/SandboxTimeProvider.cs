using System.Text.Json;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// The clock of the sandbox: real time plus an offset that the sandbox serves at <c>Clock:Url</c>, so that a reminder
/// that is due in minutes can be shown now. Only the time of day changes; timers and timeouts run in real time.
/// </summary>
public sealed class SandboxTimeProvider : TimeProvider, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _url;
    private long _offsetTicks;

    public SandboxTimeProvider(Uri url)
    {
        _url = url;
        _ = FollowAsync();
    }

    public override DateTimeOffset GetUtcNow() =>
        base.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _offsetTicks));

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _client.Dispose();
    }

    private async Task FollowAsync()
    {
        var stopping = _stop.Token;
        using var timer = new PeriodicTimer(Interval);
        do
        {
            try
            {
                using var answer = JsonDocument.Parse(await _client.GetStringAsync(_url, stopping));
                Volatile.Write(
                    ref _offsetTicks,
                    TimeSpan.Parse(answer.RootElement.GetProperty("offset").GetString()!).Ticks
                );
            }
            catch (Exception exception)
                when (exception
                        is HttpRequestException
                            or JsonException
                            or FormatException
                            or KeyNotFoundException
                            or OperationCanceledException
                )
            {
                // The sandbox restarts or stops: the last offset stays in use.
            }
        } while (!stopping.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None));
    }
}
