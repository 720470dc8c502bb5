using System.Diagnostics;
using MockKafka;

namespace CoffeeBuddy.Sandbox.Processes;

/// <summary>
/// A process that ends with this one, on Linux and macOS. A shell script between the two sends the child each signal
/// that it reads from its standard input, and ends the child when that input ends: this process has closed it or has
/// died. (The kernel's parent-death signal is sent when the <i>thread</i> that started the child ends, so it does not
/// fit a thread pool.)
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const string Guard = """
        orphan_signal=$1 orphan_folder=$2; shift 2
        exec 3<&0 </dev/null
        trap '' INT
        sh -c 'echo $$; exec "$@"' sh "$@" 3<&- &
        child=$!
        (
            while read -r signal <&3; do kill -s "$signal" "$child"; done
            trap '' TERM
            kill -s "$orphan_signal" "$child"
            exit 9
        ) >/dev/null 2>&1 &
        watch=$!
        exec 3<&-
        wait "$child" 2>/dev/null
        code=$?
        kill "$watch" 2>/dev/null
        wait "$watch" 2>/dev/null
        [ $? -eq 9 ] && [ -n "$orphan_folder" ] && rm -rf "$orphan_folder"
        exit "$code"
        """;

    private static readonly TimeSpan LastOutputWithin = TimeSpan.FromSeconds(2);

    // In a separate session, the child does not get the terminal's Ctrl-C; StopAsync ends it.
    private static readonly string? Setsid = Executable.Find("setsid");

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<int> _id = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(ChildProcessOptions options)
    {
        Name = options.Name;
        Log = new LogTail(file: options.LogFile);
        _process = new Process { StartInfo = StartInfo(options) };
        _process.OutputDataReceived += (_, e) => Received(e.Data, _id);
        _process.ErrorDataReceived += (_, e) => Received(e.Data, firstLine: null);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => ended.SetResult();
        lock (ForkGate.Gate)
            _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Exited = ExitedAsync(ended.Task);
    }

    public string Name { get; }

    public LogTail Log { get; }

    /// <summary>
    /// Completes with the exit code when all output has been read; 128 + n if signal n ended the process.
    /// </summary>
    public Task<int> Exited { get; }

    /// <summary>The process id of the child, not of the shell script.</summary>
    public Task<int> Id => _id.Task;

    public bool HasExited => Exited.IsCompleted;

    public static ChildProcess Start(ChildProcessOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ChildProcess(options);
    }

    /// <summary>Sends a signal. Does nothing after the child has exited.</summary>
    /// <param name="signal">The name without SIG: TERM, INT, QUIT, KILL, STOP, CONT.</param>
    /// <returns>True if the signal was sent.</returns>
    public bool Signal(string signal)
    {
        try
        {
            lock (_gate)
            {
                _process.StandardInput.Write(signal + "\n");
                _process.StandardInput.Flush();
            }

            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The script has ended, and normally the child too.
            return false;
        }
    }

    public void Kill()
    {
        if (!Signal("KILL") && !HasExited)
            _process.Kill(entireProcessTree: true);
    }

    /// <summary>Sends the signal, and SIGKILL if the child has not ended after the grace time.</summary>
    /// <returns>The exit code; 137 if the child had to be killed.</returns>
    public async Task<int> StopAsync(TimeSpan grace, string signal = "TERM")
    {
        Signal(signal);
        try
        {
            return await Exited.WaitAsync(grace);
        }
        catch (TimeoutException)
        {
            Kill();
            return await Exited;
        }
    }

    public PartFailedException Failure(string problem) => new(Name, problem, Log.Lines);

    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
            Kill();
        await Exited;
        _process.Dispose();
        Log.Dispose();
    }

    private static ProcessStartInfo StartInfo(ChildProcessOptions options)
    {
        List<string> command =
        [
            "sh",
            "-c",
            Guard,
            "guard",
            options.OrphanSignal,
            options.OrphanFolder ?? "",
            options.FileName,
            .. options.Arguments,
        ];
        if (Setsid is not null)
            command.Insert(0, Setsid);
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        foreach (var (key, value) in options.Environment)
            start.Environment[key] = value;
        return start;
    }

    private void Received(string? line, TaskCompletionSource<int>? firstLine)
    {
        if (line is null)
            return;
        // The inner shell writes its process id before exec.
        if (firstLine is { Task.IsCompleted: false } && int.TryParse(line, out var id))
            firstLine.SetResult(id);
        else
            Log.Add(line);
    }

    private async Task<int> ExitedAsync(Task ended)
    {
        await ended;
        try
        {
            // Waits until all output has been read. Processes that the child started can keep the pipe open.
            await _process.WaitForExitAsync().WaitAsync(LastOutputWithin);
        }
        catch (TimeoutException)
        {
            Log.Add($"({Name} has ended, but a process that it started is still running.)");
        }

        _id.TrySetCanceled();
        return _process.ExitCode;
    }
}
