using CoffeeBuddy.Functions.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly;

namespace CoffeeBuddy.Functions.Notifications.Mail;

public static class MailModule
{
    /// <summary>
    /// E-mail to runners while Slack is away, with <see cref="EmailOptions"/> from section <c>Email</c>.
    /// </summary>
    public static IServiceCollection AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<EmailOptions>(configuration, "Email");
        // No retry: the sweep sends again after a few seconds what the relay did not accept.
        services.AddResiliencePipeline(
            SmtpRelay.Pipeline,
            static (pipeline, context) =>
                pipeline.AddTimeout(context.ServiceProvider.GetRequiredService<IOptions<EmailOptions>>().Value.Timeout)
        );
        return services.AddSingleton<SmtpRelay>().AddSingleton<RunnerMailer>();
    }
}
