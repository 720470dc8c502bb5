using CoffeeBuddy.Core.Security;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Functions.Security;
using Microsoft.Extensions.Configuration;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>Reads and validates the workers' database settings for commands, which have no services for it.</summary>
internal static class CommandDatabase
{
    /// <summary>Reads how to connect. Pool and timeouts are the command's own.</summary>
    public static void Read(IConfiguration configuration, DataOptions options)
    {
        options.ConnectionString = configuration.GetConnectionString("CoffeeBuddy") ?? "";
        options.Username = configuration["CoffeeBuddy:Database:Username"];
        options.Password = configuration["CoffeeBuddy:Database:Password"];
    }

    /// <returns>What is wrong, a sentence without a secret; null: nothing.</returns>
    public static string? FaultOf(DataOptions options, TlsOptions tls) =>
        options.Validate(new(options)).FirstOrDefault()?.ErrorMessage ?? TlsModule.FaultOf(options, tls);
}
