using System.Diagnostics;

namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>
/// PostgreSQL refuses to run as root. As root it is given another identity: one inside a user namespace of its own,
/// for which files stay root's, or where the kernel allows none (many containers) the account <c>nobody</c>.
/// </summary>
/// <param name="Prefix">The command to put before PostgreSQL's.</param>
/// <param name="Owner">The account that must own the data folder, or null when that is the one in use.</param>
public sealed record PostgresAccount(IReadOnlyList<string> Prefix, string? Owner)
{
    private static readonly string[] UserNamespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"];
    private static readonly string[] Nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
    private static readonly Lazy<PostgresAccount> ForThisProcess = new(Choose);

    public static PostgresAccount Current => ForThisProcess.Value;

    /// <summary>Makes the folder the account's own, and closed to all others, as PostgreSQL demands.</summary>
    public void Own(string folder)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (Owner is not null && !Succeeds(["chown", "-R", Owner, folder]))
            throw new PartFailedException(
                "PostgreSQL",
                $"cannot use {folder}: it could not be given to account {Owner}",
                []
            );
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
