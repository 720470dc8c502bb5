using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>What people set for themselves: a form over their App Home.</summary>
public sealed partial class PersonalSettings(
    SettingsStore settings,
    PersonTimeZones timeZones,
    PersonLanguages languages,
    AppHome home,
    SlackClient slack,
    IOptions<CoffeeOptions> options,
    ILogger<PersonalSettings> logger
)
{
    /// <summary>Opens the form, filled in with the person's settings.</summary>
    /// <returns>The outcome, for log and metrics.</returns>
    public async Task<string> OpenAsync(Interaction interaction, CancellationToken cancellationToken)
    {
        if (interaction.TriggerId is not { } triggerId)
            throw SlackRequest.Unreadable("a button without a trigger");
        var userId = interaction.User.Id;
        var stored = await timeZones.GetAsync(userId, interaction.WorkspaceId, cancellationToken);
        try
        {
            var form = SettingsForm.Build(
                stored.Settings,
                stored.Zone.Id,
                options.Value.OptOutRuns,
                options.Value.FairnessWindowDays
            );
            await slack.OpenViewAsync(triggerId, form, interaction.WorkspaceId, cancellationToken);
            return "opened";
        }
        catch (SlackApiException exception)
        {
            Log.NotShown(logger, "The form for the settings", userId, exception.Error);
            return "form_failed";
        }
    }

    /// <summary>Stores the settings with the person's time zone, and shows the Home tab with them.</summary>
    /// <returns>The outcome, and what to answer; null closes the form.</returns>
    public async Task<(string Outcome, ViewResponse? Answer)> SaveAsync(
        Interaction interaction,
        CancellationToken cancellationToken
    )
    {
        var (chosen, error) = SettingsForm.Read(interaction);
        if (error is not null)
            return ("invalid", error);
        if (chosen is null)
            throw SlackRequest.Unreadable("no settings in the form");
        var person = interaction.User;
        var stored = await timeZones.GetAsync(person.Id, interaction.WorkspaceId, cancellationToken);
        await settings.SaveAsync(
            person.Id,
            PlainName.Of(person.DisplayName),
            stored with
            {
                Settings = chosen,
            },
            cancellationToken
        );
        languages.Learn(person.Id, chosen.Language, stored.Locale);
        try
        {
            await home.PublishAsync(interaction.WorkspaceId, person.Id, cancellationToken);
        }
        catch (SlackApiException exception)
        {
            // The settings are stored: a Home tab that cannot be shown now is shown when it is opened again.
            Log.NotShown(logger, "The Home tab", person.Id, exception.Error);
        }
        return ("saved", null);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{What} was not shown to {UserId}: {Error}")]
        public static partial void NotShown(ILogger logger, string what, string userId, string error);
    }
}
