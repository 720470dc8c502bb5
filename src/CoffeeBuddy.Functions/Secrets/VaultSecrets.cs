using System.Net;
using System.Runtime.InteropServices;
using CoffeeBuddy.Core.Security;

namespace CoffeeBuddy.Functions.Secrets;

/// <summary>
/// Settings from Vault: the keys of a secret of the KV engine, and a user of the database engine. Keeps the token and
/// the user's lease alive; when either cannot be renewed any longer or was revoked, gets a new one.
/// </summary>
internal sealed class VaultSecrets(VaultClient vault, VaultOptions options, TimeProvider time) : SecretSource
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    private bool _isLoaded;
    private bool _hasFailed;
    private Term _tokenTerm;
    private string? _token;
    private Term _userTerm;
    private VaultAnswer? _user;

    public override string Name => "vault";

    /// <summary>The next read, or renewal if that is earlier. With jitter, so that replicas do not ask together.</summary>
    public override TimeSpan Interval
    {
        get
        {
            var next = options.RefreshInterval * (0.9 + (0.2 * Random.Shared.NextDouble()));
            if (_hasFailed)
                return next < PauseAfterFailure ? next : PauseAfterFailure;
            foreach (var term in (Term[])[_tokenTerm, _userTerm])
            {
                if (term.RenewAfter is { } due && due - time.GetElapsedTime(term.Began) is var left && left < next)
                    next = left;
            }

            var least = TimeSpan.FromSeconds(1);
            return next > least ? next : least;
        }
    }

    public static VaultSecrets Create(VaultOptions options, TlsOptions tls, TimeProvider time) =>
        new(VaultClient.Create(options, tls, time), options, time);

    /// <summary>Reads the first time, and waits for a Vault that is down or sealed, up to the start's limit.</summary>
    /// <exception cref="SecretsException">Vault does not give the secrets.</exception>
    public override void Load()
    {
        if (_isLoaded)
            return;
        // Configuration has no asynchronous way to load.
        Data = StartAsync().GetAwaiter().GetResult();
        _isLoaded = true;
    }

    protected override async Task<Dictionary<string, string?>> ReadAsync(CancellationToken cancellationToken)
    {
        _hasFailed = true;
        var settings = await ReadWithTokenAsync(cancellationToken);
        _hasFailed = false;
        return settings;
    }

    private async Task<Dictionary<string, string?>> StartAsync()
    {
        var began = time.GetTimestamp();
        for (var pause = TimeSpan.FromSeconds(1); ; pause *= 2)
        {
            try
            {
                return await ReadAsync(CancellationToken.None);
            }
            catch (VaultException exception)
                when (exception.IsTemporary && time.GetElapsedTime(began) + pause < options.StartTimeout)
            {
                await Console.Error.WriteLineAsync($"{exception.Message} The start waits for it.");
                await Task.Delay(pause, time);
            }
        }
    }

    private async Task<Dictionary<string, string?>> ReadWithTokenAsync(CancellationToken cancellationToken)
    {
        var isNew = await EnsureTokenAsync(cancellationToken);
        try
        {
            return await ReadOnceAsync(cancellationToken);
        }
        catch (VaultException refused) when (refused.Status == HttpStatusCode.Forbidden && !isNew)
        {
            // The token was revoked, or its policies changed.
            await LogInAsync(cancellationToken);
            return await ReadOnceAsync(cancellationToken);
        }
    }

    private async Task<Dictionary<string, string?>> ReadOnceAsync(CancellationToken cancellationToken)
    {
        var settings = NewSettings();
        if (!string.IsNullOrEmpty(options.KvPath))
        {
            foreach (var entry in (await vault.ReadKvAsync(_token!, cancellationToken)).EnumerateObject())
                settings[SettingOf(entry.Name)] = entry.Value.ToString();
        }

        if (!string.IsNullOrEmpty(options.DatabaseRole))
        {
            await EnsureUserAsync(cancellationToken);
            settings["CoffeeBuddy:Database:Username"] = _user!.Data.GetProperty("username").GetString();
            settings["CoffeeBuddy:Database:Password"] = _user.Data.GetProperty("password").GetString();
        }

        return settings;
    }

    /// <returns>Whether the token is new.</returns>
    private async Task<bool> EnsureTokenAsync(CancellationToken cancellationToken)
    {
        if (_token is null || _tokenTerm.IsOver(time))
            return await LogInAsync(cancellationToken);
        if (!_tokenTerm.IsDue(time))
            return false;
        try
        {
            var renewed = await vault.RenewSelfAsync(_token, cancellationToken);
            if (renewed.Renewable && Term.Renew(ref _tokenTerm, renewed.LeaseDuration, time))
                return false;
        }
        catch (VaultException exception) when (!exception.IsTemporary)
        {
            // Revoked, or not renewable.
        }

        return await LogInAsync(cancellationToken);
    }

    private async Task<bool> LogInAsync(CancellationToken cancellationToken)
    {
        string jwt;
        try
        {
            jwt = (await File.ReadAllTextAsync(options.TokenFile, cancellationToken)).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SecretsException(
                $"The token of the service account in Vault:TokenFile cannot be read: {exception.Message}",
                exception
            );
        }

        var auth = await vault.LoginAsync(jwt, cancellationToken);
        (_token, _tokenTerm) = (auth.ClientToken, Term.Of(auth.LeaseDuration, time));
        _user = null; // Its lease ends with the token that it was made with.
        return true;
    }

    private async Task EnsureUserAsync(CancellationToken cancellationToken)
    {
        if (_user is not null && !_userTerm.IsOver(time) && await KeepUserAsync(_user.LeaseId!, cancellationToken))
            return;
        var user = await vault.ReadDatabaseAsync(_token!, cancellationToken);
        (_user, _userTerm) = (user, Term.Of(user.LeaseDuration, time));
    }

    /// <returns>False: the lease is revoked, or ends soon and cannot be renewed for its whole time.</returns>
    private async Task<bool> KeepUserAsync(string leaseId, CancellationToken cancellationToken)
    {
        try
        {
            if (!_userTerm.IsDue(time))
            {
                await vault.LookUpLeaseAsync(_token!, leaseId, cancellationToken);
                return true;
            }

            var renewed = await vault.RenewLeaseAsync(_token!, leaseId, cancellationToken);
            return renewed.Renewable && Term.Renew(ref _userTerm, renewed.LeaseDuration, time);
        }
        catch (VaultException exception) when (exception.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound)
        {
            return false;
        }
        catch (VaultException exception)
            when (exception.Status == HttpStatusCode.Forbidden && !string.IsNullOrEmpty(options.KvPath))
        {
            // The token is valid: it has just read the secret. A new login would only make one user after the other.
            throw new SecretsException(
                $"{exception.Message} The policies of role {options.Role} must allow it.",
                exception
            );
        }
    }

    /// <summary>The time that something of Vault is valid for.</summary>
    /// <param name="Full">What Vault gives without a limit by the maximum; zero: it does not end.</param>
    /// <param name="RenewAfter">A bit above half of the time, different for each replica.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Term(long Began, TimeSpan Length, TimeSpan Full, TimeSpan? RenewAfter)
    {
        public static Term Of(long seconds, TimeProvider time) => Of(seconds, TimeSpan.FromSeconds(seconds), time);

        public bool IsOver(TimeProvider time) => Length > TimeSpan.Zero && time.GetElapsedTime(Began) >= Length;

        public bool IsDue(TimeProvider time) => RenewAfter is { } due && time.GetElapsedTime(Began) >= due;

        private static Term Of(long seconds, TimeSpan full, TimeProvider time)
        {
            var length = TimeSpan.FromSeconds(seconds);
            return new(
                time.GetTimestamp(),
                length,
                full,
                seconds > 0 ? length * (0.55 + (0.1 * Random.Shared.NextDouble())) : null
            );
        }

        /// <returns>False: less than half of the full time was given, because the maximum is near.</returns>
        public static bool Renew(ref Term term, long seconds, TimeProvider time)
        {
            term = Of(seconds, term.Full, time);
            return term.Length >= term.Full / 2;
        }
    }
}
