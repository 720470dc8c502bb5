using System.Reflection;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Processes;
using FunctionsHost.Conformance.Host;

namespace FunctionsHost.Conformance.Support;

/// <summary>How a worker process is told where its host is.</summary>
public enum ToldBy
{
    /// <summary>Command-line arguments, as Microsoft's host starts a worker.</summary>
    Arguments,

    /// <summary>
    /// Environment variables, as Microsoft's placeholder process starts a worker that it has kept ready.
    /// </summary>
    Environment,
}

/// <summary>
/// A worker program as a process of its own, started and loaded as Microsoft's functions host does it.
/// </summary>
public sealed class WorkerUnderTest : IAsyncDisposable
{
    private const string LargestMessage = "2147483647";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;

    /// <summary>The assembly of a worker whose functions return what they get.</summary>
    public static string EchoWorker { get; } =
        typeof(WorkerUnderTest)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "EchoWorkerPath")
            .Value!;

    private WorkerUnderTest(string dll, ChildProcess process, FunctionRpcHost host, string id) =>
        (Folder, _process, Host, Id) = (Path.GetDirectoryName(dll)!, process, host, id);

    /// <summary>The id that the host gave it.</summary>
    public string Id { get; }

    /// <summary>The application's folder.</summary>
    public string Folder { get; }

    public FunctionRpcHost Host { get; }

    /// <summary>The last lines that it wrote to its output.</summary>
    public IReadOnlyList<string> LastLines => _process.Log.Lines;

    /// <summary>Starts the program and returns once all its functions are loaded.</summary>
    /// <exception cref="PartFailedException">It ended, or was not loaded; with its last lines.</exception>
    public static async Task<WorkerUnderTest> StartAsync(
        string dll,
        IReadOnlyDictionary<string, string?> settings,
        ToldBy toldBy,
        CancellationToken cancellationToken
    )
    {
        var host = await FunctionRpcHost.StartAsync(cancellationToken);
        var worker = Launch(dll, settings, toldBy, host);
        try
        {
            var loading = host.LoadAsync(worker.Folder, cancellationToken);
            if (await Task.WhenAny(loading, worker._process.Exited) != loading)
                throw worker._process.Failure(
                    $"ended with exit code {await worker._process.Exited} before it was loaded"
                );
            await loading;
            return worker;
        }
        catch (Exception exception) when (exception is TimeoutException or IOException)
        {
            await worker.DisposeAsync();
            throw worker._process.Failure(exception.Message);
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tells the worker to end.</summary>
    /// <returns>Its exit code; 137 when it had to be killed.</returns>
    public async Task<int> TerminateAsync()
    {
        Host.Terminate(Grace);
        await Task.WhenAny(_process.Exited, Task.Delay(Grace));
        return await _process.StopAsync(TimeSpan.Zero, "KILL");
    }

    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync(Grace);
        await _process.DisposeAsync();
        await Host.DisposeAsync();
    }

    private static WorkerUnderTest Launch(
        string dll,
        IReadOnlyDictionary<string, string?> settings,
        ToldBy toldBy,
        FunctionRpcHost host
    )
    {
        var (uri, id, request) = (host.Address, Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        var environment = new Dictionary<string, string?>(settings, StringComparer.Ordinal)
        {
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
            ["FUNCTIONS_APPLICATION_DIRECTORY"] = Path.GetDirectoryName(dll),
        };
        string[] arguments = [];
        if (toldBy == ToldBy.Environment)
        {
            environment["Functions__Worker__HostEndpoint"] = uri.AbsoluteUri;
            environment["Functions__Worker__WorkerId"] = id;
            environment["Functions__Worker__RequestId"] = request;
            environment["Functions__Worker__GrpcMaxMessageLength"] = LargestMessage;
        }
        else
        {
            // Each fact twice: under the name that workers of the first generation read, and under the one of today.
            arguments =
            [
                .. new[] { "--host", uri.Host, "--port", $"{uri.Port}", "--workerId", id, "--requestId", request },
                .. new[] { "--grpcMaxMessageLength", LargestMessage, "--functions-uri", uri.AbsoluteUri },
                .. new[] { "--functions-worker-id", id, "--functions-request-id", request },
                .. new[] { "--functions-grpc-max-message-length", LargestMessage },
            ];
        }

        var process = ChildProcess.Start(
            new ChildProcessOptions("Worker", Executable.Dotnet, [dll, .. arguments])
            {
                Environment = environment,
                WorkingDirectory = Path.GetDirectoryName(dll),
            }
        );
        return new WorkerUnderTest(dll, process, host, id);
    }
}
