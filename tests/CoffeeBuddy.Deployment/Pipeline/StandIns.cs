namespace CoffeeBuddy.Deployment.Pipeline;

/// <summary>
/// A folder with programs in place of Helm, kubectl and others. Each writes down how it was called, and fails where it
/// is told to.
/// </summary>
internal sealed class StandIns : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coffeebuddy-pipeline-").FullName;

    /// <param name="programs">Their names, each with what it does besides, in Bash; "" for nothing.</param>
    public StandIns(params IEnumerable<(string Name, string Script)> programs)
    {
        foreach (var (name, script) in programs)
            Add(name, script);
    }

    /// <summary>A file of the folder.</summary>
    public string File(string name) => Path.Combine(_folder, name);

    /// <summary>Each call, in order: the program and its arguments, separated by spaces.</summary>
    public IReadOnlyList<string> Calls =>
        System.IO.File.Exists(File("calls")) ? System.IO.File.ReadAllLines(File("calls")) : [];

    /// <summary>The calls without what follows the first argument, such as "helm upgrade".</summary>
    public IReadOnlyList<string> Verbs => [.. Calls.Select(call => string.Join(' ', call.Split(' ').Take(2)))];

    /// <summary>Runs a script of <c>ci/</c> with these programs.</summary>
    /// <param name="failing">The calls that fail, by their beginning.</param>
    public async Task<(int Code, string Output, string Errors)> RunAsync(
        string script,
        IEnumerable<string> arguments,
        IEnumerable<string> failing,
        params IEnumerable<(string Name, string Value)> environment
    )
    {
        await System.IO.File.WriteAllLinesAsync(File("failing"), failing, TestContext.Current.CancellationToken);
        return await Programs.RunAsync(
            Repository.File("ci", script),
            arguments,
            [Programs.PathWith(_folder), .. environment]
        );
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Add(string name, string script)
    {
        System.IO.File.WriteAllText(
            File(name),
            $$"""
            #!/usr/bin/env bash
            folder=$(dirname "$0") call="{{name}} $*"
            echo "$call" >>"$folder/calls"
            while read -r failing; do
                [[ $call == "$failing"* ]] && echo "$call fails" >&2 && exit 1
            done <"$folder/failing"
            {{script}}
            exit 0

            """
        );
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(
                File(name),
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
    }
}
