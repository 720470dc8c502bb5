using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OnPremFunctions.Http;

/// <summary>The server's certificate, and what is demanded of clients.</summary>
internal sealed partial class HttpsCertificates
{
    // RFC 5280, 4.2.1.12
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly HttpsOptions _options;
    private readonly WatchedFiles<SslStreamCertificateContext>? _server;
    private readonly WatchedFiles<X509Certificate2Collection>? _clientAuthorities;
    private readonly ILogger<HttpsCertificates> _logger;

    /// <exception cref="OptionsValidationException">A file cannot be used.</exception>
    public HttpsCertificates(IOptions<HttpsOptions> options, TimeProvider time, ILogger<HttpsCertificates> logger)
    {
        (_options, _logger) = (options.Value, logger);
        if (_options is { CertificateFile: { } certificate, KeyFile: { } key })
            _server = new(
                [certificate, key],
                CreateServer,
                exception => Log.Unusable(logger, certificate, exception.Message),
                time
            );
        if (_options.ClientCaFile is { } authorities)
            _clientAuthorities = new(
                [authorities],
                CreateAuthorities,
                exception => Log.Unusable(logger, authorities, exception.Message),
                time
            );
    }

    /// <summary>Whether functions may be called only with a client certificate.</summary>
    public bool DemandsClientCertificate => _clientAuthorities is not null;

    /// <returns>What is wrong with the files, a sentence each.</returns>
    public static IEnumerable<string> FaultsOf(HttpsOptions options)
    {
        if (options.CertificateFile is null != options.KeyFile is null)
            yield return "Https:CertificateFile and Https:KeyFile go together.";
        if (
            options is { CertificateFile: { } certificate, KeyFile: { } key }
            && FaultOf(() => CreateServer([File.ReadAllText(certificate), File.ReadAllText(key)])) is { } server
        )
            yield return $"Https:CertificateFile {certificate} with Https:KeyFile {key} cannot be used: {server}";
        if (
            options.ClientCaFile is { } authorities
            && FaultOf(() => CreateAuthorities([File.ReadAllText(authorities)])) is { } client
        )
            yield return $"Https:ClientCaFile {authorities} cannot be used: {client}";
    }

    public void Configure(HttpsConnectionAdapterOptions https)
    {
        https.SslProtocols = _options.Protocols;
        if (_server is not null)
        {
            // Kestrel demands a certificate; the one that is used, with its intermediates, is set for each handshake.
            https.ServerCertificateSelector = (_, _) => _server.Current.TargetCertificate;
            https.OnAuthenticate = Present;
        }

        if (_clientAuthorities is null)
            return;
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.ClientCertificateValidation = (certificate, presented, _) => IsTrusted(certificate, presented);
    }

    /// <summary>Refuses requests without a client certificate, where one is demanded.</summary>
    public Task CheckClientAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Connection.ClientCertificate is not null || IsOfHost(http.Request.Path))
            return next(http);
        Log.NoClientCertificate(_logger, http.Connection.RemoteIpAddress);
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private static bool IsOfHost(PathString path) =>
        HostEndpoints.Routes.Any(route => path.Equals($"/{route}", StringComparison.OrdinalIgnoreCase));

    private void Present(ConnectionContext connection, SslServerAuthenticationOptions tls)
    {
        tls.ServerCertificateSelectionCallback = null;
        tls.ServerCertificateContext = _server!.Current;
    }

    /// <param name="presented">With the intermediate certificates that the client has sent.</param>
    private bool IsTrusted(X509Certificate2 certificate, X509Chain? presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_clientAuthorities!.Current);
        if (presented is not null)
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        // Not from an address that the certificate names.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new(ClientAuthentication));
        if (chain.Build(certificate))
            return true;
        Log.ClientRefused(
            _logger,
            certificate.Subject,
            string.Join(", ", chain.ChainStatus.Select(static status => status.Status))
        );
        return false;
    }

    private static SslStreamCertificateContext CreateServer(IReadOnlyList<string> contents)
    {
        using var pair = X509Certificate2.CreateFromPem(contents[0], contents[1]);
        // Through PKCS #12, because some platforms cannot use a key that is only in memory.
        var certificate = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), password: null);
        var all = new X509Certificate2Collection();
        all.ImportFromPem(contents[0]);
        all.RemoveAt(0);
        return SslStreamCertificateContext.Create(certificate, all, offline: true);
    }

    private static X509Certificate2Collection CreateAuthorities(IReadOnlyList<string> contents)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(contents[0]);
        return authorities.Count > 0 ? authorities : throw new InvalidDataException("there is no certificate in it.");
    }

    private static string? FaultOf(Func<object> create)
    {
        try
        {
            _ = create();
            return null;
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or UnauthorizedAccessException
                        or InvalidDataException
                        or ArgumentException
                        or System.Security.Cryptography.CryptographicException
            )
        {
            return exception.Message;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "The changed {File} cannot be used, so the last one stays in use: {Reason}"
        )]
        public static partial void Unusable(ILogger logger, string file, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The client certificate of {Subject} is refused: {Reasons}")]
        public static partial void ClientRefused(ILogger logger, string subject, string reasons);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "A request of {Address} is refused with 403: it came without a client certificate"
        )]
        public static partial void NoClientCertificate(ILogger logger, System.Net.IPAddress? address);
    }
}
