using Microsoft.Extensions.DependencyInjection;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.DeadLetters;

public static class DeadLettersModule
{
    /// <summary>
    /// Writes records that cannot be processed to the dead-letter topic. The host logs and counts them.
    /// </summary>
    public static IServiceCollection AddDeadLetters(this IServiceCollection services) =>
        services.AddSingleton<IKafkaDeadLetterHandler, DeadLetterPublisher>();
}
