using System.Diagnostics;

namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>What to start, and what shall happen to it should this process die first.</summary>
/// <param name="Name">How messages call it.</param>
/// <param name="FileName">The program, by path or as found on PATH.</param>
/// <param name="Arguments">Its arguments, as they are: no shell reads them.</param>
public sealed record ChildProcessOptions(string Name, string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>Added to this process' own environment; null removes a variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? WorkingDirectory { get; init; }

    /// <summary>A file that gets every line; otherwise only the last ones are kept, in memory.</summary>
    public string? LogFile { get; init; }

    /// <summary>The signal it gets when this process dies, however it dies. A name without SIG.</summary>
    public string OrphanSignal { get; init; } = "KILL";

    /// <summary>A folder to remove when this process died before the child.</summary>
    public string? OrphanFolder { get; init; }
}

/// <summary>
/// A process that cannot outlive this one. A small shell stands between: it passes on the signals it reads from its
/// standard input, and when that ends, because this process closed it or was killed, it ends the child. (The kernel's
/// own parent-death signal is bound to the <i>thread</i> that started the child, which a thread pool may end any time.)
/// Linux and macOS.
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

    // A session of its own keeps Ctrl-C in the terminal from reaching the child before its orderly stop.
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

    /// <summary>Ends with the exit code, once all output was read; 128 + n when signal n ended the process.</summary>
    public Task<int> Exited { get; }

    /// <summary>The process id of the child itself, not of the shell that guards it.</summary>
    public Task<int> Id => _id.Task;

    public bool HasExited => Exited.IsCompleted;

    public static ChildProcess Start(ChildProcessOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ChildProcess(options);
    }

    /// <summary>Sends a signal by its name without SIG (TERM, INT, QUIT, KILL, STOP, CONT). Nothing happens once it has exited.</summary>
    /// <returns>Whether it was sent.</returns>
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
            // The guard is gone, and with it the child; unless somebody killed only the guard.
            return false;
        }
    }

    public void Kill()
    {
        if (!Signal("KILL") && !HasExited)
            _process.Kill(entireProcessTree: true);
    }

    /// <summary>Asks it to end, and kills it after the grace time.</summary>
    /// <returns>The exit code, 137 when it had to be killed.</returns>
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
        // The guard's inner shell writes its process id before it becomes the child.
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
            // Until all was read; but something the child started itself may keep the pipe open for as long as it lives.
            await _process.WaitForExitAsync().WaitAsync(LastOutputWithin);
        }
        catch (TimeoutException)
        {
            Log.Add($"({Name} has ended, but a process that it started goes on.)");
        }

        _id.TrySetCanceled();
        return _process.ExitCode;
    }
}
