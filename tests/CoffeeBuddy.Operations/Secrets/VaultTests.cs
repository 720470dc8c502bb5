using CoffeeBuddy.Functions.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace CoffeeBuddy.Operations.Secrets;

/// <summary>Secrets from a double of Vault, with a clock that the test moves.</summary>
public sealed class VaultTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly string _tokenFile = Path.GetTempFileName();
    private VaultServer _vault = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _vault.DisposeAsync();
        _authority.Dispose();
        File.Delete(_tokenFile);
    }

    [Fact]
    public async Task The_keys_of_the_secret_are_settings_and_a_changed_one_is_told()
    {
        var (settings, source) = Read();
        Assert.Equal("first", settings["Slack:SigningSecret"]);
        var told = 0;
        using var change = settings.GetReloadToken().RegisterChangeCallback(_ => told++, state: null);

        Assert.Empty(await source.RefreshAsync(Cancellation));
        Assert.Equal(0, told);
        _vault.Kv["Slack__SigningSecret"] = "second";

        Assert.Equal(["Slack:SigningSecret"], await source.RefreshAsync(Cancellation));
        Assert.Equal(1, told);
        Assert.Equal("second", settings["Slack:SigningSecret"]);
    }

    [Fact]
    public async Task A_namespace_is_named_in_every_request()
    {
        await StartAsync("office/coffee");

        var (settings, source) = Read(new() { ["Vault:Namespace"] = "office/coffee" });
        await source.RefreshAsync(Cancellation);

        Assert.Equal("first", settings["Slack:SigningSecret"]);
        Assert.Contains("404", Refused(new() { ["Vault:Namespace"] = "other" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_ends_and_replaced_when_its_maximum_is_near()
    {
        _vault.TokenTtl = TimeSpan.FromHours(1);
        _vault.MaxTtl = TimeSpan.FromHours(2);
        var (_, source) = Read();
        Assert.InRange(source.Interval, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(70));

        _time.Advance(TimeSpan.FromMinutes(30));
        await source.RefreshAsync(Cancellation);
        Assert.Equal(0, Renewals("auth/token/renew-self"));

        _time.Advance(TimeSpan.FromMinutes(10));
        await source.RefreshAsync(Cancellation);
        Assert.Equal((1, 1), (Renewals("auth/token/renew-self"), _vault.Logins));

        // Renewed a third time, it would have only 10 of its 60 minutes.
        _time.Advance(TimeSpan.FromMinutes(40));
        await source.RefreshAsync(Cancellation);
        Assert.Equal(1, _vault.Logins);
        _time.Advance(TimeSpan.FromMinutes(30));
        await source.RefreshAsync(Cancellation);
        Assert.Equal(2, _vault.Logins);
    }

    [Fact]
    public async Task A_lease_that_is_shorter_than_the_interval_wakes_the_worker_earlier()
    {
        _vault.TokenTtl = TimeSpan.FromSeconds(30);
        var (_, source) = Read();

        Assert.InRange(source.Interval, TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(20));
        _time.Advance(source.Interval);
        await source.RefreshAsync(Cancellation);

        Assert.Equal((1, 1), (Renewals("auth/token/renew-self"), _vault.Logins));
    }

    [Fact]
    public async Task After_a_revoked_token_the_worker_logs_in_with_the_newest_token_of_its_service_account()
    {
        var (settings, source) = Read();
        _vault.RevokeTokens();
        _vault.Jwt = "jwt-2";
        _vault.Kv["Slack__SigningSecret"] = "second";
        await File.WriteAllTextAsync(_tokenFile, "jwt-2\n", Cancellation);

        await source.RefreshAsync(Cancellation);

        Assert.Equal("second", settings["Slack:SigningSecret"]);
        Assert.Equal(2, _vault.Logins);
    }

    [Fact]
    public async Task A_database_login_is_kept_while_its_lease_can_be_renewed()
    {
        _vault.MaxTtl = TimeSpan.FromHours(3);
        var (settings, source) = Read(WithDatabase);
        var first = settings["CoffeeBuddy:Database:Username"];
        Assert.Equal([first!], _vault.Users);

        for (var minutes = 0; minutes < 80; minutes += 40)
        {
            _time.Advance(TimeSpan.FromMinutes(40));
            Assert.Empty(await source.RefreshAsync(Cancellation));
        }

        Assert.Equal(2, Renewals("sys/leases/renew"));
        Assert.Equal([first!], _vault.Users);

        // The maximum of token and lease is near.
        for (var minutes = 0; minutes < 80; minutes += 40)
        {
            _time.Advance(TimeSpan.FromMinutes(40));
            await source.RefreshAsync(Cancellation);
        }

        Assert.Equal(2, _vault.Users.Count);
        Assert.Equal(_vault.Users[1], settings["CoffeeBuddy:Database:Username"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_revoked_lease_there_is_a_new_database_login(bool byToken)
    {
        var (settings, source) = Read(WithDatabase);
        var password = settings["CoffeeBuddy:Database:Password"];
        if (byToken)
            _vault.RevokeTokens();
        else
            _vault.RevokeLeases();

        Assert.Equal(
            ["CoffeeBuddy:Database:Password", "CoffeeBuddy:Database:Username"],
            await source.RefreshAsync(Cancellation)
        );

        Assert.Equal(_vault.Users[^1], settings["CoffeeBuddy:Database:Username"]);
        Assert.NotEqual(password, settings["CoffeeBuddy:Database:Password"]);
        Assert.Equal(byToken ? 2 : 1, _vault.Logins);
    }

    [Fact]
    public async Task What_is_known_stays_while_Vault_is_down()
    {
        var (settings, source) = Read(time: TimeProvider.System);
        _vault.IsSealed = true;
        _vault.Kv["Slack__SigningSecret"] = "second";

        var failure = await Assert.ThrowsAsync<VaultException>(() => source.RefreshAsync(Cancellation));
        Assert.Contains("with 503: Vault is sealed", failure.Message, StringComparison.Ordinal);
        Assert.Equal("first", settings["Slack:SigningSecret"]);
        Assert.InRange(source.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

        _vault.IsSealed = false;
        await source.RefreshAsync(Cancellation);
        Assert.Equal("second", settings["Slack:SigningSecret"]);
    }

    [Fact]
    public async Task The_start_waits_for_a_sealed_Vault()
    {
        _vault.IsSealed = true;
        var reading = Task.Run(() => Read(time: TimeProvider.System), Cancellation);
        // The attempts of one call.
        await Eventually.TrueAsync(() => _vault.Requests.Count >= 3, "Vault was asked");

        _vault.IsSealed = false;

        Assert.Equal("first", (await reading).Settings["Slack:SigningSecret"]);
    }

    [Theory]
    [InlineData("Vault:Role", "stranger", "the login as role stranger with 400: invalid role name \"stranger\"")]
    [InlineData("Vault:AuthMount", "other", "the login as role coffeebuddy with 403: permission denied")]
    [InlineData("Vault:TokenFile", "/no/such/token", "The token of the service account in Vault:TokenFile")]
    [InlineData("Vault:KvPath", "coffeebuddy/none", "the secret secret/coffeebuddy/none with 404")]
    [InlineData("Vault:DatabaseRole", "none", "the database login database/creds/none with 400")]
    [InlineData("Vault:Address", "http://127.0.0.1:1/", "Vault:Address must be an https address")]
    [InlineData("Vault:KvPath", "", "Vault:KvPath or Vault:DatabaseRole must be set")]
    [InlineData("Vault:RefreshInterval", "soon", "'soon' at 'Vault:RefreshInterval'")]
    [InlineData("Vault:CaFile", "/no/such/file", "Vault:CaFile /no/such/file cannot be used")]
    public void A_start_that_cannot_succeed_says_why_at_once(string setting, string value, string reason) =>
        Assert.Contains(reason, Refused(new() { [setting] = value }), StringComparison.Ordinal);

    [Fact]
    public void A_wrong_service_account_is_refused_without_telling_its_token()
    {
        File.WriteAllText(_tokenFile, "jwt-of-somebody-else");

        var message = Refused([]);

        Assert.Contains("with 403: permission denied", message, StringComparison.Ordinal);
        Assert.DoesNotContain("jwt-of-somebody-else", message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> WithDatabase =>
        new() { ["Vault:DatabaseRole"] = VaultServer.DatabaseRole };

    private async Task StartAsync(string? @namespace = null)
    {
        if (_vault is not null)
            await _vault.DisposeAsync();
        await File.WriteAllTextAsync(_tokenFile, "jwt-1\n", Cancellation);
        _vault = await VaultServer.StartAsync(_authority.Issue(), _time, @namespace);
        _vault.Kv["Slack__SigningSecret"] = "first";
    }

    private int Renewals(string path) => _vault.Requests.Count(request => request == $"POST /v1/{path}");

    private string Refused(Dictionary<string, string?> settings) =>
        Assert.ThrowsAny<SecretsException>(() => Read(settings, TimeProvider.System)).Message;

    private (IConfigurationRoot Settings, SecretSource Source) Read(
        Dictionary<string, string?>? more = null,
        TimeProvider? time = null
    )
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Vault:Address"] = _vault.Address.AbsoluteUri,
                ["Vault:CaFile"] = _authority.AuthorityFile,
                ["Vault:Role"] = VaultServer.Role,
                ["Vault:TokenFile"] = _tokenFile,
                ["Vault:KvPath"] = VaultServer.KvPath,
                ["Vault:StartTimeout"] = "00:00:10",
            }
        );
        configuration.AddInMemoryCollection(more ?? []);
        var sources = configuration.AddSecrets(time ?? _time);
        return (configuration, Assert.Single(sources));
    }
}
