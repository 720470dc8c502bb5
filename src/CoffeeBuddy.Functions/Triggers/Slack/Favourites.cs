using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>The names of people's favourites: a form over their App Home.</summary>
public sealed partial class Favourites(
    PreferenceStore preferences,
    AppHome home,
    SlackClient slack,
    ILogger<Favourites> logger
)
{
    /// <summary>Opens the form for the name of the favourite whose button was clicked.</summary>
    /// <returns>The outcome, for log and metrics.</returns>
    public async Task<string> OpenAsync(
        Interaction interaction,
        InteractionAction action,
        CancellationToken cancellationToken
    )
    {
        if (interaction.TriggerId is not { } triggerId || !Actions.TryReadId(action, out var preferenceId))
            throw SlackRequest.Unreadable("a button without drink or trigger");
        var favourites = await preferences.OfferedAsync(
            interaction.User.Id,
            Preference.MaxFavourites,
            cancellationToken
        );
        // A second window may have unpinned it.
        if (favourites.FirstOrDefault(known => known.PreferenceId == preferenceId) is not { IsFavourite: true } known)
        {
            await PublishHomeAsync(interaction, cancellationToken);
            return "unknown";
        }
        try
        {
            var form = FavouriteForm.Build(AppHome.ToOffered(known), Preference.MaxNameLength);
            await slack.OpenViewAsync(triggerId, form, interaction.WorkspaceId, cancellationToken);
            return "opened";
        }
        catch (SlackApiException exception)
        {
            Log.NotShown(logger, "The form for a favourite's name", interaction.User.Id, exception.Error);
            return "form_failed";
        }
    }

    /// <summary>Stores the name, and shows the Home tab with it.</summary>
    /// <returns>The outcome, and what to answer; null closes the form.</returns>
    public async Task<(string Outcome, ViewResponse? Answer)> RenameAsync(
        Interaction interaction,
        CancellationToken cancellationToken
    )
    {
        if (!FavouriteForm.TryRead(interaction, out var preferenceId, out var name))
            throw SlackRequest.Unreadable("no drink in the form");
        if (name?.Length > Preference.MaxNameLength)
            return ("invalid", FavouriteForm.TooLong(Preference.MaxNameLength));
        var plain = name is null ? null : PlainName.Of(name);
        var renamed = await preferences.RenameAsync(interaction.User.Id, preferenceId, plain, cancellationToken);
        await PublishHomeAsync(interaction, cancellationToken);
        return (renamed ? "renamed" : "unknown", null);
    }

    // The name is stored: a Home tab that cannot be shown now is shown when it is opened again.
    private async Task PublishHomeAsync(Interaction interaction, CancellationToken cancellationToken)
    {
        try
        {
            await home.PublishAsync(interaction.WorkspaceId, interaction.User.Id, cancellationToken);
        }
        catch (SlackApiException exception)
        {
            Log.NotShown(logger, "The Home tab", interaction.User.Id, exception.Error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{What} was not shown to {UserId}: {Error}")]
        public static partial void NotShown(ILogger logger, string what, string userId, string error);
    }
}
