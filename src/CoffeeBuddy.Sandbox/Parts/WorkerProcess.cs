using System.Net;

namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>A built .NET program to run as a process of its own.</summary>
/// <param name="Name">How messages call it.</param>
/// <param name="Dll">The path of its assembly.</param>
public sealed record WorkerOptions(string Name, string Dll)
{
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables added to this process' own; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The TCP port it serves on at 127.0.0.1, told through ASPNETCORE_URLS; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Answers 200 once the worker is ready.</summary>
    public string ReadyPath { get; init; } = "/healthz/ready";

    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A file that gets all it writes.</summary>
    public string? LogFile { get; init; }
}

/// <summary>A .NET program that serves HTTP, as a process of its own that cannot outlive this one.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private const int PortAttempts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly WorkerOptions _options;
    private readonly ChildProcess _process;

    private WorkerProcess(WorkerOptions options, int port)
    {
        _options = options;
        Address = new Uri($"http://127.0.0.1:{port}/");
        Http = new HttpClient { BaseAddress = Address };
        _process = Launch(options, new() { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}" });
    }

    public string Name => _options.Name;

    public Uri Address { get; }

    /// <summary>A client whose base address is the worker's.</summary>
    public HttpClient Http { get; }

    public IReadOnlyList<string> LastLines => _process.Log.Lines;

    /// <summary>Its process id, once it is known.</summary>
    public Task<int> Id => _process.Id;

    /// <summary>Ends with the exit code; 128 + n when signal n ended it.</summary>
    public Task<int> Exited => _process.Exited;

    public bool HasExited => _process.HasExited;

    /// <summary>Null while it runs.</summary>
    public int? ExitCode => _process.HasExited ? _process.Exited.Result : null;

    /// <summary>Starts it and returns once it is ready.</summary>
    /// <exception cref="PartFailedException">It ended before, or was not ready in time. With its last lines.</exception>
    public static async Task<WorkerProcess> StartAsync(WorkerOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        for (var attempt = 1; ; attempt++)
        {
            var worker = new WorkerProcess(options, options.Port == 0 ? FreePort.Next() : options.Port);
            try
            {
                await worker.ReadyAsync(cancellation);
                return worker;
            }
            catch (PartFailedException failure)
                when (options.Port == 0 && attempt < PortAttempts && PortWasTaken(failure))
            {
                await worker.DisposeAsync();
            }
            catch
            {
                await worker.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Runs a program that ends by itself, such as a migration.</summary>
    /// <returns>What it wrote, its last 200 lines.</returns>
    /// <exception cref="PartFailedException">Its exit code is not 0. With its last lines.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(
        WorkerOptions options,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        await using var process = Launch(options, []);
        var code = await process.Exited.WaitAsync(cancellation);
        return code == 0 ? process.Log.Lines : throw process.Failure($"ended with exit code {code}");
    }

    /// <summary>Returns once the ready path answers 200.</summary>
    public async Task ReadyAsync(CancellationToken cancellation = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_options.ReadyWithin);
        var answer = "no answer";
        while (!patience.IsCancellationRequested)
        {
            if (HasExited)
                throw _process.Failure($"ended with exit code {ExitCode} while starting");
            try
            {
                using var response = await Http.GetAsync(_options.ReadyPath, patience.Token);
                if (response.StatusCode == HttpStatusCode.OK)
                    return;
                answer =
                    $"{(int)response.StatusCode} {(await response.Content.ReadAsStringAsync(patience.Token)).Trim()}";
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                // It does not listen yet, or it listens and does not answer.
            }

            await Task.WhenAny(Task.Delay(Pause, patience.Token), Exited);
        }

        cancellation.ThrowIfCancellationRequested();
        throw _process.Failure(
            $"was not ready within {_options.ReadyWithin.TotalSeconds:0} s; {_options.ReadyPath} says: {answer}"
        );
    }

    /// <summary>Asks it to end (SIGTERM) and kills it after the grace time, 30 s unless told.</summary>
    /// <returns>The exit code; 137 when it had to be killed.</returns>
    public Task<int> StopAsync(TimeSpan? grace = null) => _process.StopAsync(grace ?? Grace);

    /// <summary>Ends it at whatever instruction it is (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Exited;
    }

    /// <summary>Sends a signal by its name without SIG, such as STOP and CONT to freeze it and let it go on.</summary>
    public void Signal(string signal) => _process.Signal(signal);

    /// <summary>An exception that names this worker, says what is wrong and carries its last lines.</summary>
    public PartFailedException Failure(string problem) => _process.Failure(problem);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Http.Dispose();
    }

    private static ChildProcess Launch(WorkerOptions options, Dictionary<string, string?> environment)
    {
        if (!File.Exists(options.Dll))
            throw new PartFailedException(options.Name, $"is not built: there is no {options.Dll}", []);
        foreach (var (key, value) in options.Environment)
            environment[key] = value;
        return ChildProcess.Start(
            new ChildProcessOptions(options.Name, Executable.Dotnet, [options.Dll, .. options.Arguments])
            {
                Environment = environment,
                WorkingDirectory = Path.GetDirectoryName(options.Dll),
                LogFile = options.LogFile,
            }
        );
    }

    private static bool PortWasTaken(PartFailedException failure) =>
        failure.LastLines.Any(line => line.Contains("address already in use", StringComparison.OrdinalIgnoreCase));
}
