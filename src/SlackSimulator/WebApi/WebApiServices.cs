using Microsoft.Extensions.DependencyInjection;

namespace SlackSimulator.WebApi;

internal static class WebApiServices
{
    public static IServiceCollection AddWebApi(this IServiceCollection services) =>
        services
            .AddSingleton<RateLimiter>()
            .AddSingleton<ChannelAccess>()
            .AddSingleton<MethodTable>()
            .AddSingleton<WebApiEndpoint>()
            .AddSingleton<IMethodFamily, TeamMethods>()
            .AddSingleton<IMethodFamily, DoNotDisturbMethods>()
            .AddSingleton<IMethodFamily, ChatMethods>()
            .AddSingleton<IMethodFamily, ConversationMethods>()
            .AddSingleton<AppMessages>()
            .AddSingleton<ScheduledMessages>()
            .AddSingleton<IMethodFamily, ScheduledMethods>()
            .AddSingleton<IMethodFamily, ChannelMethods>()
            .AddSingleton<IMethodFamily, MembershipMethods>()
            .AddSingleton<FileTransfer>()
            .AddSingleton<Installations>()
            .AddSingleton<IMethodFamily, OAuthMethods>()
            .AddSingleton<IMethodFamily, EmojiMethods>()
            .AddSingleton<IMethodFamily, FileMethods>()
            .AddSingleton<IMethodFamily, UploadMethods>()
            .AddSingleton<IMethodFamily, PinMethods>()
            .AddSingleton<IMethodFamily, ReactionMethods>()
            .AddSingleton<IMethodFamily, UserGroupMethods>()
            .AddSingleton<IMethodFamily, UserMethods>()
            .AddSingleton<IMethodFamily, ViewMethods>();
}
