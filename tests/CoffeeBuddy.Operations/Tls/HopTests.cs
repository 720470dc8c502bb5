using System.Security.Authentication;
using CoffeeBuddy.Core.Security;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Notifications.Mail;
using CoffeeBuddy.Functions.Secrets;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using MimeKit;

namespace CoffeeBuddy.Operations.Tls;

/// <summary>
/// What the worker says to servers that have TLS 1.2 only, or a certificate for another host, of an unknown authority, or
/// an expired one. For PostgreSQL see the tests of CoffeeBuddy.Data.
/// </summary>
public sealed class HopTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _unknown = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        _unknown.Dispose();
    }

    [Theory]
    [InlineData(Fault.Tls12, "alert handshake failure")]
    [InlineData(Fault.WrongHost, "certificate verify failed")]
    [InlineData(Fault.Expired, "certificate verify failed")]
    [InlineData(Fault.UnknownAuthority, "certificate verify failed")]
    public async Task Kafka_is_refused(Fault fault, string reason)
    {
        await using var server = Serve(fault);

        Assert.Contains(reason, await KafkaErrorAsync(server, new()), StringComparison.Ordinal);
        Assert.Equal(0, server.Served);
    }

    [Fact]
    public async Task Kafka_is_used_over_TLS_13_and_by_exception_over_TLS_12()
    {
        await using var good = Serve(Fault.None);
        await KafkaErrorAsync(good, new());
        Assert.Equal(SslProtocols.Tls13, good.Version);

        await using var old = Serve(Fault.Tls12);
        await KafkaErrorAsync(old, new TlsOptions { AllowTls12 = TlsHops.Kafka });
        Assert.Equal(SslProtocols.Tls12, old.Version);
    }

    [Theory]
    [InlineData(Fault.Tls12, "SSL", null)]
    [InlineData(Fault.WrongHost, "RemoteCertificateNameMismatch", null)]
    [InlineData(Fault.Expired, "NotTimeValid", null)]
    [InlineData(Fault.UnknownAuthority, "UntrustedRoot", "PartialChain")]
    public async Task Vault_is_refused(Fault fault, string reason, string? otherReason)
    {
        await using var server = Serve(fault);
        var settings = new ConfigurationManager();
        settings.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Vault:Address"] = $"https://127.0.0.1:{server.Port}/",
                ["Vault:CaFile"] = _authority.AuthorityFile,
                ["Vault:Role"] = "coffeebuddy",
                ["Vault:KvPath"] = "coffeebuddy",
                ["Vault:TokenFile"] = _authority.AuthorityFile,
                ["Vault:StartTimeout"] = "00:00:01",
            }
        );

        var message = Assert.ThrowsAny<SecretsException>(() => settings.AddSecrets()).Message;

        Assert.StartsWith(
            $"Vault at https://127.0.0.1:{server.Port}/ cannot be reached: ",
            message,
            StringComparison.Ordinal
        );
        Assert.True(
            message.Contains(reason, StringComparison.Ordinal)
                || (otherReason is not null && message.Contains(otherReason, StringComparison.Ordinal)),
            message
        );
        Assert.Equal(0, server.Served);
    }

    [Theory]
    [InlineData(TlsHops.Oidc)]
    [InlineData(TlsHops.Slack)]
    [InlineData(TlsHops.Email)]
    public async Task Other_servers_are_offered_TLS_13_only_unless_an_exception_names_them(TlsHops hop)
    {
        await using var old = Serve(Fault.Tls12);

        // The authority is not one of the system's: the exception changes the reason.
        Assert.DoesNotContain(
            "certificate",
            await ErrorAsync(hop, old, exceptions: TlsHops.None),
            StringComparison.Ordinal
        );
        Assert.Contains("certificate", await ErrorAsync(hop, old, exceptions: hop), StringComparison.Ordinal);
    }

    /// <returns>The first error of a producer. The server behind the TLS is none of Kafka, so there is one.</returns>
    private async Task<string> KafkaErrorAsync(TlsServer server, TlsOptions tls)
    {
        var options = new KafkaOptions
        {
            BootstrapServers = $"127.0.0.1:{server.Port}",
            SecurityProtocol = SecurityProtocol.Ssl,
            SslCaLocation = _authority.AuthorityFile,
        };
        TlsModule.SetVersions(options, tls);
        Assert.Null(TlsModule.FaultOf(options, tls));
        var config = new ProducerConfig();
        options.Configure(config);
        var error = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var producer = new ProducerBuilder<Null, Null>(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, told) => error.TrySetResult(told.Reason))
            .Build();
        return await error.Task.WaitAsync(Guard.Timeout, Cancellation);
    }

    private static async Task<string> ErrorAsync(TlsHops hop, TlsServer server, TlsHops exceptions)
    {
        var address = $"https://127.0.0.1:{server.Port}/";
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Tls:AllowTls12"] = exceptions.ToString(),
                    ["Slack:ApiUrl"] = $"{address}api/",
                    ["Slack:BotToken"] = "xoxb-1",
                    ["Slack:SigningSecret"] = "secret",
                    ["Email:Host"] = "127.0.0.1",
                    ["Email:Port"] = $"{server.Port}",
                    ["Email:Tls"] = "Tls",
                    ["Email:From"] = "coffee@example.com",
                }
            )
            .Build();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddHttpClient()
            .AddSlack(configuration)
            .AddMail(configuration)
            .AddTls(configuration, new HostingEnvironment { EnvironmentName = Environments.Production })
            .BuildServiceProvider();
        using var mail = new MimeMessage(
            [MailboxAddress.Parse("coffee@example.com")],
            [MailboxAddress.Parse("noor@example.com")],
            "",
            new TextPart()
        );
        var exception = await Assert.ThrowsAnyAsync<Exception>(() =>
            hop switch
            {
                TlsHops.Oidc => services
                    .GetRequiredService<IHttpClientFactory>()
                    .CreateClient(SecurityModule.Issuer)
                    .GetAsync(address, Cancellation),
                TlsHops.Slack => services
                    .GetRequiredService<SlackClient>()
                    .GetUserAsync("U1", cancellationToken: Cancellation),
                _ => services.GetRequiredService<SmtpRelay>().SendAsync(mail, Cancellation),
            }
        );
        return exception.GetBaseException().Message;
    }

    private TlsServer Serve(Fault fault) =>
        new(
            (fault == Fault.UnknownAuthority ? _unknown : _authority).Issue(
                fault == Fault.WrongHost ? "other.example.com" : null,
                expired: fault == Fault.Expired
            ),
            fault == Fault.Tls12 ? SslProtocols.Tls12 : SslProtocols.Tls12 | SslProtocols.Tls13
        );

    public enum Fault
    {
        None,
        Tls12,
        WrongHost,
        Expired,
        UnknownAuthority,
    }
}
