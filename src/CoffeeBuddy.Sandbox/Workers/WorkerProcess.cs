using System.Net;
using CoffeeBuddy.Sandbox.Processes;

namespace CoffeeBuddy.Sandbox.Workers;

/// <summary>A .NET program that serves HTTP, as a separate process that ends with this one.</summary>
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
        var managementPort = FreePort.Next();
        ManagementAddress = new Uri($"http://127.0.0.1:{managementPort}/");
        Http = new HttpClient { BaseAddress = Address };
        Management = new HttpClient { BaseAddress = ManagementAddress };
        _process = Launch(
            options,
            new()
            {
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port};http://127.0.0.1:{managementPort}",
                ["AzureFunctionsJobHost__extensions__http__managementPort"] = $"{managementPort}",
            }
        );
    }

    public string Name => _options.Name;

    public Uri Address { get; }

    /// <summary>A client with the worker's address as base address.</summary>
    public HttpClient Http { get; }

    /// <summary>Where probes and metrics are served.</summary>
    public Uri ManagementAddress { get; }

    /// <summary>A client for probes and metrics.</summary>
    public HttpClient Management { get; }

    public IReadOnlyList<string> LastLines => _process.Log.Lines;

    /// <summary>The process id, available shortly after the start.</summary>
    public Task<int> Id => _process.Id;

    /// <summary>Completes with the exit code; 128 + n if signal n ended the process.</summary>
    public Task<int> Exited => _process.Exited;

    public bool HasExited => _process.HasExited;

    /// <summary>Null while the process is running.</summary>
    public int? ExitCode => _process.HasExited ? _process.Exited.Result : null;

    /// <summary>Starts the program and returns when it is ready.</summary>
    /// <exception cref="PartFailedException">The program ended, or was not ready in time. Has its last log
    /// lines.</exception>
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

    /// <summary>Runs a program to its end, such as a migration.</summary>
    /// <returns>Its last 200 output lines.</returns>
    /// <exception cref="PartFailedException">The exit code is not 0. Has its last log lines.</exception>
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

    /// <summary>Returns when the ready path answers 200.</summary>
    public async Task ReadyAsync(CancellationToken cancellation = default)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(_options.ReadyWithin);
        var answer = "no answer";
        while (!timeout.IsCancellationRequested)
        {
            if (HasExited)
                throw _process.Failure($"ended with exit code {ExitCode} while starting");
            try
            {
                using var response = await Management.GetAsync(_options.ReadyPath, timeout.Token);
                if (response.StatusCode == HttpStatusCode.OK)
                    return;
                answer =
                    $"{(int)response.StatusCode} {(await response.Content.ReadAsStringAsync(timeout.Token)).Trim()}";
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                // Not listening yet, or not answering.
            }

            await Task.WhenAny(Task.Delay(Pause, timeout.Token), Exited);
        }

        cancellation.ThrowIfCancellationRequested();
        throw _process.Failure(
            $"was not ready within {_options.ReadyWithin.TotalSeconds:0} s; {_options.ReadyPath} says: {answer}"
        );
    }

    /// <summary>Sends SIGTERM, and SIGKILL after the grace time (30 s by default).</summary>
    /// <returns>The exit code; 137 if the process had to be killed.</returns>
    public Task<int> StopAsync(TimeSpan? grace = null) => _process.StopAsync(grace ?? Grace);

    /// <summary>Sends SIGKILL and waits for the end.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Exited;
    }

    /// <summary>Sends a signal. STOP freezes the process, CONT resumes it.</summary>
    /// <param name="signal">The name without SIG.</param>
    public void Signal(string signal) => _process.Signal(signal);

    /// <summary>An exception for this worker, with the problem and its last log lines.</summary>
    public PartFailedException Failure(string problem) => _process.Failure(problem);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Http.Dispose();
        Management.Dispose();
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
