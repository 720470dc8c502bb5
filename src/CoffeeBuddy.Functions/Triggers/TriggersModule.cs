using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Triggers.Kafka;
using CoffeeBuddy.Functions.Triggers.Slack;
using CoffeeBuddy.Functions.Triggers.Timers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CoffeeBuddy.Functions.Triggers;

public static class TriggersModule
{
    /// <summary>
    /// The services that only functions use, with <see cref="SweepOptions"/> from section <c>Sweep</c>.
    /// </summary>
    public static IServiceCollection AddTriggers(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddValidatedOptions<SweepOptions>(configuration, "Sweep")
            .AddSingleton<OrderForms>()
            .AddSingleton<Favourites>()
            .AddSingleton<Absences>()
            .AddSingleton<Plans>()
            .AddSingleton<PersonalSettings>()
            .AddSingleton<MenuForms>()
            .AddSingleton<ThreadMenus>()
            .AddSingleton<Turns>()
            .AddSingleton<StatisticsForms>()
            .AddSingleton<RunEvents>()
            .AddSingleton<ClickHandler>()
            .AddSingleton<SurveyHandler>()
            .AddSingleton<ReplyHandler>()
            .AddSingleton<EventsApiHandler>();
}
