using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class SlackOptionsTests
{
    [Fact]
    public void The_client_needs_only_a_secret_and_a_token()
    {
        using var services = Services(("SigningSecret", "s"), ("BotToken", "xoxb-1"));

        Assert.NotNull(services.GetRequiredService<SlackClient>());
        var options = services.GetRequiredService<IOptions<SlackOptions>>().Value;
        Assert.Equal(
            ("https://slack.com/api/", TimeSpan.FromSeconds(10)),
            (options.ApiUrl.ToString(), options.Timeout)
        );
        Assert.Equal(["s"], options.SigningSecrets);
    }

    [Fact]
    public void During_a_rotation_both_secrets_are_accepted()
    {
        using var services = Services(
            ("SigningSecret", "new"),
            ("PreviousSigningSecret", "old"),
            ("BotToken", "xoxb-1")
        );

        Assert.Equal(["new", "old"], services.GetRequiredService<IOptions<SlackOptions>>().Value.SigningSecrets);
    }

    [Fact]
    public void Socket_Mode_needs_no_signing_secret()
    {
        using var services = Services(("AppToken", "xapp-1"), ("BotToken", "xoxb-1"));

        var options = services.GetRequiredService<IOptions<SlackOptions>>().Value;
        Assert.True(options.UsesSocketMode);
        // Then nothing that is sent over HTTP has a valid signature.
        Assert.Equal(
            SignatureResult.NoSecret,
            SlackSignature.Verify(options.SigningSecrets, "1", "v0=", "body"u8, DateTimeOffset.UnixEpoch)
        );
    }

    [Theory]
    [InlineData("AppToken", "xoxb-1")]
    [InlineData("AppToken", "xapp-1\n")]
    [InlineData("SigningSecret", "")]
    [InlineData("BotToken", "")]
    [InlineData("BotToken", "xoxb-1\n")]
    [InlineData("SigningSecret", "s\n")]
    [InlineData("SigningSecret", "s\r\n")]
    [InlineData("SigningSecret", " s")]
    [InlineData("SigningSecret", "s\u00a0")]
    [InlineData("PreviousSigningSecret", "s\n")]
    [InlineData("ApiUrl", "http://slack.com/api/")]
    [InlineData("ApiUrl", "https://slack.com/api")]
    [InlineData("ApiUrl", "/api/")]
    [InlineData("Proxy", "proxy.example:3128")]
    [InlineData("Proxy", "/proxy")]
    [InlineData("Timeout", "00:00:00")]
    [InlineData("Timeout", "00:00:12")]
    [InlineData("MaxRateLimitWait", "00:00:05")]
    [InlineData("ViewTimeout", "00:00:04")]
    public void A_configuration_error_names_the_setting(string name, string value)
    {
        using var services = Services(("SigningSecret", "s"), ("BotToken", "xoxb-1"), (name, value));

        var fault = Assert.ThrowsAny<Exception>(() => services.GetRequiredService<IOptions<SlackOptions>>().Value);
        Assert.Contains(name, fault.Message);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9000/api/")]
    [InlineData("http://localhost:9000/api/")]
    [InlineData("https://slack.internal.example/api/")]
    public void An_address_is_accepted_with_https_or_on_this_machine(string address)
    {
        using var services = Services(
            ("SigningSecret", "s"),
            ("BotToken", "xoxb-1"),
            ("ApiUrl", address),
            ("Proxy", "http://proxy.example:3128")
        );

        Assert.Equal(address, services.GetRequiredService<IOptions<SlackOptions>>().Value.ApiUrl.ToString());
    }

    private static ServiceProvider Services(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder();
        foreach (var (name, value) in settings)
            configuration.AddInMemoryCollection([new($"Slack:{name}", value)]);
        return new ServiceCollection().AddSlack(configuration.Build()).BuildServiceProvider();
    }
}
