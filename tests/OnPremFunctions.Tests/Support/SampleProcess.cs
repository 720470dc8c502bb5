using System.Diagnostics;
using System.Text;

namespace OnPremFunctions.Tests.Support;

/// <summary>The sample worker in a separate process, which can be sent signals.</summary>
internal sealed class SampleProcess : IDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private SampleProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public HttpClient Http { get; } = new();

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    public static SampleProcess Start(Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "SampleWorker.dll"), "--urls=http://127.0.0.1:0"]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new SampleProcess(Started(start));
    }

    public async Task ListeningAsync()
    {
        await Eventually.TrueAsync(
            () => Output.Contains(Listening, StringComparison.Ordinal) || _process.HasExited,
            "the worker listens"
        );
        Assert.False(_process.HasExited, Errors + Output);
        var rest = Output[(Output.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..];
        Http.BaseAddress = new Uri(rest[..rest.IndexOf('\n', StringComparison.Ordinal)].Trim());
    }

    /// <summary>Sends SIGTERM, as Kubernetes does.</summary>
    public void Terminate()
    {
        using var kill = Started(new("kill", ["-TERM", $"{_process.Id}"]));
        kill.WaitForExit();
    }

    /// <summary>Sends SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        Http.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static Process Started(ProcessStartInfo start)
    {
        lock (ForkGate.Gate)
            return Process.Start(start)!;
    }

    private static void Keep(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.AppendLine(line);
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
