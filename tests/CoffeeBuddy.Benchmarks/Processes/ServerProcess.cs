using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace CoffeeBuddy.Benchmarks.Processes;

/// <summary>A program that serves HTTP, with what it has used so far.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>Linux counts CPU time in these.</summary>
    private const double TicksPerSecond = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(15);

    private readonly Process _process;

    private ServerProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public int Id => _process.Id;

    /// <summary>From the start of the process until it was ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>CPU seconds since its start, of all its threads.</summary>
    public double Cpu
    {
        get
        {
            // The program's name, in brackets, may contain spaces.
            var stat = File.ReadAllText($"/proc/{Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
        }
    }

    /// <summary>Resident memory in MB (10⁶ bytes), as ps and a container's limit count it.</summary>
    public double Memory =>
        Number(
            File.ReadLines($"/proc/{Id}/status")
                .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]
        )
        * 1024
        / 1e6;

    /// <param name="name">Of its log file.</param>
    /// <param name="environment">Null removes a variable.</param>
    /// <param name="ready">The program is ready when this answers 200.</param>
    public static async Task<ServerProcess> StartAsync(
        string name,
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?> environment,
        int port,
        Uri ready,
        CancellationToken stop
    )
    {
        var log = Path.Combine(Repository.Artifacts, $"{name}.log");
        // A shell opens the log, so that reading it costs this process nothing, and becomes the program.
        var start = new ProcessStartInfo("sh", ["-c", "exec \"$@\" >\"$0\" 2>&1", log, program, .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(arguments[0]),
            UseShellExecute = false,
        };
        // Of test.sh: they make processes that live for seconds cheaper, and others slower.
        foreach (var jit in (string[])["TieredPGO", "TC_CallCountingDelayMs", "TC_CallCountThreshold"])
            start.Environment.Remove($"DOTNET_{jit}");
        foreach (var (variable, value) in environment)
            start.Environment[variable] = value;
        var began = Stopwatch.GetTimestamp();
        var server = new ServerProcess(Process.Start(start)!, port);
        try
        {
            await server.ReadyAsync(ready, stop);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        server.ReadyAfter = Stopwatch.GetElapsedTime(began);
        return server;
    }

    /// <summary>
    /// Ends it with SIGTERM: Kafka would keep the partitions of a worker that is killed until its session ends, and the
    /// next worker would wait for them.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{Id}"]))
            await kill.WaitForExitAsync();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(StopWithin);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadyAsync(Uri ready, CancellationToken stop)
    {
        using var http = new HttpClient();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(ReadyWithin);
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(ready, late.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // It does not listen yet.
            }

            await Task.Delay(Pause, late.Token);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
