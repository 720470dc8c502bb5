using CoffeeBuddy.Functions.Notifications.Statistics;
using Microsoft.Extensions.DependencyInjection;

namespace CoffeeBuddy.Functions.Notifications;

public static class NotificationsModule
{
    /// <summary>Messages in Slack about coffee runs, the app's Home tab and people's profiles.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services) =>
        services
            .AddSingleton<DirectMessages>()
            .AddSingleton<MessageDelivery>()
            .AddSingleton<RunMessenger>()
            .AddSingleton<PlannedRunMessenger>()
            .AddSingleton<UserProfiles>()
            .AddSingleton<PersonTimeZones>()
            .AddSingleton<PersonLanguages>()
            .AddHostedService(provider => provider.GetRequiredService<PersonLanguages>())
            .AddSingleton<AppHome>()
            .AddSingleton<ClickAnswers>()
            .AddSingleton<ReplyAnswers>()
            .AddSingleton<StatisticsFiles>()
            .AddSingleton<Courtesies>();
}
