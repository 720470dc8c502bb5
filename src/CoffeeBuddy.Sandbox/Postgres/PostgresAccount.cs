using System.Diagnostics;
using CoffeeBuddy.Sandbox.Processes;
using MockKafka;

namespace CoffeeBuddy.Sandbox.Postgres;

/// <summary>
/// PostgreSQL refuses to run as root. When this process is root, PostgreSQL runs as another user: in a new user
/// namespace (files keep their owner), or as <c>nobody</c> where the kernel allows no user namespaces (many
/// containers).
/// </summary>
/// <param name="Prefix">Command that starts PostgreSQL's command as that user.</param>
/// <param name="Owner">Required owner of the data folder; null if it is the current user.</param>
public sealed record PostgresAccount(IReadOnlyList<string> Prefix, string? Owner)
{
    private static readonly string[] UserNamespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"];
    private static readonly string[] Nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
    private static readonly Lazy<PostgresAccount> ForThisProcess = new(Choose);

    public static PostgresAccount Current => ForThisProcess.Value;

    /// <summary>Sets the owner of the folder and denies access to other users, as PostgreSQL requires.</summary>
    public void Own(string folder)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (Owner is not null && !Succeeds(["chown", "-R", Owner, folder]))
            throw new PartFailedException("PostgreSQL", $"cannot use {folder}: chown to {Owner} failed", []);
    }

    private static PostgresAccount Choose()
    {
        if (!Environment.IsPrivilegedProcess)
            return new PostgresAccount([], Owner: null);
        return Succeeds([.. UserNamespace, "true"])
            ? new PostgresAccount(UserNamespace, Owner: null)
            : new PostgresAccount(Nobody, "65534:65534");
    }

    private static bool Succeeds(string[] command)
    {
        if (Executable.Find(command[0]) is not { } program)
            return false;
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, command.Skip(1))
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            },
        };
        lock (ForkGate.Gate)
            process.Start();
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
