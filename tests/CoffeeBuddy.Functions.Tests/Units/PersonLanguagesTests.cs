using System.Globalization;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Notifications;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>The languages that a worker holds in memory.</summary>
public sealed class PersonLanguagesTests(ApiOffice office)
{
    private readonly string _ada = ApiOffice.NewUser();
    private readonly string _eve = ApiOffice.NewUser();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, null, "fr")]
    [InlineData(null, "it-IT", "fr")]
    [InlineData(null, "de-DE", "de")]
    [InlineData("es", "de-DE", "es")]
    [InlineData("fr", "de-DE", "fr")]
    [InlineData("xx", "de-DE", "de")]
    public async Task The_own_choice_counts_before_Slack_and_Slack_before_the_office(
        string? own,
        string? locale,
        string language
    )
    {
        await using var database = Connect();
        using var languages = Create(database, office: "fr");
        languages.Learn(_ada, "en", null);

        languages.Learn(_ada, own, locale);

        Assert.Equal((language, "fr", "fr"), (Of(languages, _ada), Of(languages, _eve), Of(languages, null)));
        using var offices = languages.UseOffices();
        Assert.Equal("fr", CultureInfo.CurrentUICulture.Name);
    }

    [Fact]
    public async Task What_another_worker_stores_is_known_after_the_next_reading()
    {
        await using var database = Connect();
        var (users, settings) = (
            database.GetRequiredService<UserStore>(),
            database.GetRequiredService<SettingsStore>()
        );
        await users.SaveProfileAsync(_ada, "Ada", null, null, Cancellation, locale: "de-DE");
        using var languages = Create(database);
        Assert.True(await languages.RefreshAsync(Cancellation));
        Assert.Equal(("de", "en"), (Of(languages, _ada), Of(languages, _eve)));

        await settings.SaveAsync(_ada, null, new(new(Language: "en"), null, null), Cancellation);
        // The clock of the other worker is behind, or its change was committed late.
        await settings.SaveAsync(_eve, "Eve", new(new(Language: "es"), null, null), Cancellation);
        await office.Rows.ExecuteAsync(
            "UPDATE users SET language_changed_at = language_changed_at - interval '1 minute' WHERE user_id = @_eve",
            new { _eve }
        );
        Assert.Equal(("de", "en"), (Of(languages, _ada), Of(languages, _eve)));
        Assert.True(await languages.RefreshAsync(Cancellation));

        Assert.Equal(("en", "es"), (Of(languages, _ada), Of(languages, _eve)));
    }

    [Fact]
    public async Task The_first_reading_takes_all_however_many_there_are()
    {
        var (prefix, at) = ($"UL{Guid.NewGuid():N}"[..12].ToUpperInvariant(), DateTimeOffset.UtcNow.AddHours(-1));
        await office.Rows.ExecuteAsync(
            """
            INSERT INTO users (user_id, language, language_changed_at, created_at, updated_at)
            SELECT @prefix || n, 'de', @at + make_interval(secs => n / 100), @at, @at FROM generate_series(1, 2100) n
            """,
            new { prefix, at }
        );
        try
        {
            await using var database = Connect();
            using var languages = Create(database);
            Assert.True(await languages.RefreshAsync(Cancellation));

            Assert.All(Enumerable.Range(1, 2100), number => Assert.Equal("de", Of(languages, $"{prefix}{number}")));
        }
        finally
        {
            await office.Rows.ExecuteAsync("DELETE FROM users WHERE user_id LIKE @prefix || '%'", new { prefix });
        }
    }

    [Fact]
    public async Task While_the_database_is_away_the_last_known_stay()
    {
        await using var away = Connect(port: 1);
        using var languages = Create(away);
        languages.Learn(_ada, "de", null);

        Assert.False(await languages.RefreshAsync(Cancellation));
        await languages.StartAsync(Cancellation);
        await languages.StopAsync(Cancellation);

        Assert.Equal("de", Of(languages, _ada));
    }

    [Fact]
    public async Task The_memory_is_bounded_and_those_who_are_known_can_still_change()
    {
        await using var database = Connect();
        using var languages = Create(database);
        for (var number = 0; number < PersonLanguages.MaxPeople; number++)
            languages.Learn($"U{number}", "de", null);

        languages.Learn(_ada, "fr", null);
        languages.Learn("U1", "es", null);
        Assert.Equal(("en", "es"), (Of(languages, _ada), Of(languages, "U1")));

        languages.Learn("U2", "en", null);
        languages.Learn(_ada, "fr", null);
        Assert.Equal("fr", Of(languages, _ada));
    }

    private static string Of(PersonLanguages languages, string? userId)
    {
        using var _ = languages.UseOf(userId);
        return CultureInfo.CurrentUICulture.Name;
    }

    private static PersonLanguages Create(ServiceProvider database, string office = Languages.English) =>
        new(
            database.GetRequiredService<UserStore>(),
            Options.Create(new CoffeeOptions { Language = office }),
            TimeProvider.System,
            NullLogger<PersonLanguages>.Instance
        );

    private ServiceProvider Connect(int? port = null)
    {
        var connection = new NpgsqlConnectionStringBuilder(office.Sandbox.ConnectionString);
        connection.Port = port ?? connection.Port;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ConnectionStrings:CoffeeBuddy", connection.ConnectionString)])
            .Build();
        return new ServiceCollection().AddLogging().AddCoffeeBuddyData(configuration).BuildServiceProvider();
    }
}
