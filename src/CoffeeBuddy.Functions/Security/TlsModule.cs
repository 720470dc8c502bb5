using CoffeeBuddy.Core.Security;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Notifications.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Security;

/// <summary>
/// TLS 1.3 with verified certificates on every connection. Outside Development, anything less needs an exception in
/// <see cref="TlsOptions"/>, or the worker does not start.
/// </summary>
public static class TlsModule
{
    private const string DatabaseFault =
        "ConnectionStrings:CoffeeBuddy must have SSL Mode=VerifyFull, unless Tls:AllowPlaintext names Database.";

    private const string KafkaFault =
        "Kafka:SecurityProtocol must be Ssl or SaslSsl, unless Tls:AllowPlaintext names Kafka.";

    private const string EmailFault = "Email:Tls must be StartTls or Tls, unless Tls:AllowPlaintext names Email.";

    public static IServiceCollection AddTls(
        this IServiceCollection services,
        IConfiguration configuration,
        IHostEnvironment environment
    )
    {
        services
            .AddOptions<TlsOptions>()
            .Bind(configuration.GetSection("Tls"))
            .PostConfigure(tls => Relax(tls, environment.IsDevelopment()))
            .Validate(
                tls => (tls.AllowPlaintext & ~TlsOptions.CanBePlaintext) == TlsHops.None,
                $"Tls:AllowPlaintext can name {TlsOptions.CanBePlaintext} only."
            )
            .ValidateOnStart();
        services
            .AddOptions<DataOptions>()
            .Validate<IOptions<TlsOptions>>((data, tls) => FaultOf(data, tls.Value) is null, DatabaseFault);
        services
            .AddOptions<KafkaOptions>()
            .PostConfigure<IOptions<TlsOptions>>((kafka, tls) => SetVersions(kafka, tls.Value))
            .Validate<IOptions<TlsOptions>>((kafka, tls) => FaultOf(kafka, tls.Value) is null, KafkaFault);
        services
            .AddOptions<EmailOptions>()
            .Validate<IOptions<TlsOptions>>(
                (mail, tls) => Allows(tls, TlsHops.Email) || !mail.IsOn || mail.Tls != EmailTls.None,
                EmailFault
            );
        services
            .AddOptions<HttpsOptions>()
            .PostConfigure<IOptions<TlsOptions>>(
                (https, tls) =>
                {
                    if (tls.Value.AllowTls12.HasFlag(TlsHops.Http))
                        https.AllowTls12();
                }
            );
        services.AddSingleton<IValidateOptions<HttpsOptions>>(provider => new AddressCheck(
            configuration,
            provider.GetRequiredService<IOptions<TlsOptions>>(),
            environment
        ));
        return services.ProtectHttpClients();
    }

    /// <summary>The exceptions, for what runs before or without the services.</summary>
    public static TlsOptions Read(IConfiguration configuration)
    {
        TlsOptions tls;
        try
        {
            tls = configuration.GetSection("Tls").Get<TlsOptions>() ?? new();
        }
        catch (InvalidOperationException exception)
        {
            throw new OptionsValidationException("", typeof(TlsOptions), [exception.Message]);
        }

        Relax(tls, configuration["DOTNET_ENVIRONMENT"] == Environments.Development);
        return tls;
    }

    /// <returns>What is wrong with the protection of the database's connection; null: nothing.</returns>
    public static string? FaultOf(DataOptions data, TlsOptions tls) =>
        data.IsVerified || tls.AllowPlaintext.HasFlag(TlsHops.Database) ? null : DatabaseFault;

    /// <summary>The same for Kafka.</summary>
    public static string? FaultOf(KafkaOptions kafka, TlsOptions tls) =>
        kafka.UsesTls || tls.AllowPlaintext.HasFlag(TlsHops.Kafka) ? null : KafkaFault;

    /// <summary>Sets the versions of TLS for Kafka.</summary>
    public static void SetVersions(KafkaOptions kafka, TlsOptions tls) =>
        kafka.AllowTls12 = tls.AllowTls12.HasFlag(TlsHops.Kafka);

    private static void Relax(TlsOptions tls, bool isDevelopment)
    {
        if (isDevelopment)
            tls.AllowPlaintext |= TlsOptions.CanBePlaintext;
    }

    private static bool Allows(IOptions<TlsOptions> tls, TlsHops hop) => tls.Value.AllowPlaintext.HasFlag(hop);

    /// <summary>
    /// The clients of the factory, which are those of the issuer. Last, so that it applies to every handler that a module
    /// has chosen.
    /// </summary>
    private static IServiceCollection ProtectHttpClients(this IServiceCollection services)
    {
        services.PostConfigureAll<HttpClientFactoryOptions>(client =>
            client.HttpMessageHandlerBuilderActions.Add(builder =>
            {
                if (builder.PrimaryHandler is not SocketsHttpHandler handler)
                    throw new InvalidOperationException(
                        $"The HTTP client {builder.Name} needs a SocketsHttpHandler, whose version of TLS can be set."
                    );
                var tls = builder.Services.GetRequiredService<IOptions<TlsOptions>>().Value;
                handler.SslOptions.EnabledSslProtocols = tls.ProtocolsOf(TlsHops.Oidc);
            })
        );
        return services;
    }

    /// <summary>The addresses that the worker listens on.</summary>
    private sealed class AddressCheck(
        IConfiguration configuration,
        IOptions<TlsOptions> tls,
        IHostEnvironment environment
    ) : IValidateOptions<HttpsOptions>
    {
        public ValidateOptionsResult Validate(string? name, HttpsOptions options)
        {
            // The Azure Functions host listens itself.
            if (!string.IsNullOrEmpty(configuration["Functions:Worker:HostEndpoint"]))
                return ValidateOptionsResult.Skip;
            var addresses = ListenAddresses.Of(configuration);
            List<string> faults =
            [
                .. addresses
                    .Where(address => !IsHttps(address) && !Allows(tls, TlsHops.Http))
                    .Select(address =>
                        $"ASPNETCORE_URLS: {address} must begin with https, unless Tls:AllowPlaintext names Http."
                    ),
            ];
            // What Kestrel reads itself would count more than the versions that are set here.
            faults.AddRange(
                configuration
                    .GetSection("Kestrel")
                    .AsEnumerable()
                    .Where(setting => setting.Key.EndsWith(":SslProtocols", StringComparison.OrdinalIgnoreCase))
                    .Select(setting => $"{setting.Key} must not be set: Tls:AllowTls12 can name Http.")
            );
            if (
                addresses.Any(IsHttps)
                && options.CertificateFile is null
                && !configuration.GetSection("Kestrel").Exists()
                && !environment.IsDevelopment()
            )
                faults.Add("An https address needs Https:CertificateFile and Https:KeyFile.");
            return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
        }

        private static bool IsHttps(string address) =>
            address.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
    }
}
