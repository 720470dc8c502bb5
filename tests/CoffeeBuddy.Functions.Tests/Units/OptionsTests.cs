using System.ComponentModel.DataAnnotations;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Notifications.Mail;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Functions.Triggers.Timers;

namespace CoffeeBuddy.Functions.Tests;

public sealed class OptionsTests
{
    /// <summary>Of the shortest length that is allowed.</summary>
    private const string RecordKey = "0123456789abcdef0123456789abcdef";

    private static readonly OidcOptions Oidc = new()
    {
        Authority = "https://hydra.example.com/",
        Audience = "coffeebuddy",
    };

    [Fact]
    public void The_issuer_needs_https_unless_http_is_allowed()
    {
        Assert.Empty(Faults(Oidc));
        Assert.Equal(
            ["Oidc:Authority must be https, unless Oidc:AllowHttp is true."],
            Faults(new OidcOptions { Authority = "http://hydra/", Audience = "a" })
        );
        Assert.Empty(
            Faults(
                new OidcOptions
                {
                    Authority = "http://hydra/",
                    Audience = "a",
                    AllowHttp = true,
                }
            )
        );
    }

    [Theory]
    [InlineData("http://hydra:4445/introspect", false, false)]
    [InlineData("http://hydra:4445/introspect", true, true)]
    [InlineData("https://hydra:4445/introspect", false, true)]
    [InlineData("https://user:secret@hydra:4445/introspect", false, false)]
    [InlineData("ftp://hydra/introspect", true, false)]
    [InlineData("/introspect", true, false)]
    public void The_introspection_endpoint_needs_https_unless_http_is_allowed(string address, bool allowHttp, bool good)
    {
        var options = new OidcOptions
        {
            Authority = Oidc.Authority,
            Audience = Oidc.Audience,
            AllowHttp = allowHttp,
            IntrospectionEndpoint = new Uri(address, UriKind.RelativeOrAbsolute),
        };

        Assert.Equal(
            good ? [] : ["Oidc:IntrospectionEndpoint must be https, unless Oidc:AllowHttp is true."],
            Faults(options)
        );
    }

    [Theory]
    [InlineData("", "coffeebuddy", "slack_user_id", "Authority")]
    [InlineData("hydra", "coffeebuddy", "slack_user_id", "Authority")]
    [InlineData("https://hydra/", "", "slack_user_id", "Audience")]
    [InlineData("https://hydra/", "coffeebuddy", "", "UserIdClaim")]
    public void Issuer_audience_and_the_claim_of_the_user_id_are_required(
        string authority,
        string audience,
        string claim,
        string field
    ) =>
        Assert.Contains(
            field,
            Assert.Single(
                Faults(
                    new OidcOptions
                    {
                        Authority = authority,
                        Audience = audience,
                        UserIdClaim = claim,
                    }
                )
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void Mail_is_off_without_a_host_and_validated_with_one()
    {
        Assert.Empty(Faults(new EmailOptions { From = "nobody", Username = "u" }));
        Assert.Empty(
            Faults(
                new EmailOptions
                {
                    Host = "relay",
                    From = "CoffeeBuddy <coffee@example.com>",
                    Username = "u",
                    Password = "p",
                }
            )
        );
        Assert.Equal(
            [
                "Email:From must be an e-mail address once Email:Host is set.",
                "Email:Username and Email:Password go together.",
                "Email:Tls must be StartTls or Tls where a password is sent.",
            ],
            Faults(
                new EmailOptions
                {
                    Host = "relay",
                    Username = "u",
                    Tls = EmailTls.None,
                }
            )
        );
    }

    [Theory]
    [InlineData("coffeebuddy", null)]
    [InlineData(null, "a-secret")]
    public void The_client_for_introspection_needs_id_and_secret(string? id, string? secret)
    {
        var options = new OidcOptions
        {
            Authority = Oidc.Authority,
            Audience = Oidc.Audience,
            IntrospectionClientId = id,
            IntrospectionClientSecret = secret,
        };

        Assert.Equal(["Oidc:IntrospectionClientId and Oidc:IntrospectionClientSecret go together."], Faults(options));
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(2000, true)]
    [InlineData(2001, false)]
    public void The_wait_for_Kafka_has_limits(int milliseconds, bool good) =>
        Assert.Equal(
            good,
            Faults(
                new KafkaOptions
                {
                    BootstrapServers = "kafka:9092",
                    RecordKey = RecordKey,
                    PublishTimeout = TimeSpan.FromMilliseconds(milliseconds),
                }
            ).Count == 0
        );

    [Fact]
    public void The_address_of_Kafka_is_required() =>
        Assert.Contains(
            "BootstrapServers",
            Assert.Single(Faults(new KafkaOptions { RecordKey = RecordKey })),
            StringComparison.Ordinal
        );

    [Fact]
    public void Records_are_signed_with_a_secret_that_cannot_be_guessed()
    {
        IReadOnlyList<string> Of(string key, string? accepted = null) =>
            Faults(
                new KafkaOptions
                {
                    BootstrapServers = "kafka:9092",
                    RecordKey = key,
                    AcceptedRecordKey = accepted,
                }
            );

        Assert.Empty(Of(RecordKey, RecordKey));
        Assert.Empty(Of(RecordKey, ""));
        Assert.Contains("RecordKey", Assert.Single(Of("")), StringComparison.Ordinal);
        Assert.Contains("RecordKey", Assert.Single(Of(RecordKey[..^1])), StringComparison.Ordinal);
        Assert.Contains("AcceptedRecordKey", Assert.Single(Of(RecordKey, RecordKey[..^1])), StringComparison.Ordinal);
    }

    [Fact]
    public void Sweeps_need_schedules_and_reconcile_within_an_hour()
    {
        Assert.Empty(Faults(new SweepOptions { Schedule = "*/5 * * * * *", RetentionSchedule = "0 17 3 * * *" }));
        Assert.Equal(3, Faults(new SweepOptions { ReconcileAfter = TimeSpan.FromHours(2) }).Count);
    }

    private static IReadOnlyList<string> Faults(object options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return [.. results.Select(result => result.ErrorMessage!)];
    }
}
