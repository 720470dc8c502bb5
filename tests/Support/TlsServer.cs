using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Support;

/// <summary>
/// Accepts TLS connections on a free port of 127.0.0.1.
/// </summary>
public sealed class TlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly X509Certificate2 _certificate;
    private readonly SslProtocols _protocols;
    private readonly Func<SslStream, CancellationToken, Task> _serve;
    private readonly X509Certificate2? _clientAuthority;
    private readonly Task _accepting;

    /// <param name="serve">What is done with a connection; null: one byte is read.</param>
    /// <param name="clientAuthority">Demands a client certificate of this authority.</param>
    public TlsServer(
        TestCertificate certificate,
        SslProtocols protocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        Func<SslStream, CancellationToken, Task>? serve = null,
        string? clientAuthority = null
    )
    {
        _certificate = certificate.Load();
        _protocols = protocols;
        _serve = serve ?? ReadAsync;
        _clientAuthority = clientAuthority is null
            ? null
            : X509CertificateLoader.LoadCertificateFromFile(clientAuthority);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections over which a client sent something: with TLS 1.3 it refuses after the server's handshake.</summary>
    public int Served { get; private set; }

    /// <summary>The version of TLS of the last one.</summary>
    public SslProtocols Version { get; private set; }

    /// <summary>Handshakes that the client or this server gave up.</summary>
    public int Refused { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        // Before the listener stops: to accept with a stopped one throws InvalidOperationException.
        await _accepting;
        _listener.Stop();
        _end.Dispose();
        _certificate.Dispose();
        _clientAuthority?.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        client.NoDelay = true;
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(
                new()
                {
                    ServerCertificate = _certificate,
                    EnabledSslProtocols = _protocols,
                    ClientCertificateRequired = _clientAuthority is not null,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => IsTrusted(certificate),
                },
                _end.Token
            );
            Version = tls.SslProtocol;
            await _serve(tls, _end.Token);
            Served++;
        }
        catch (AuthenticationException)
        {
            Refused++;
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has left, or the test is over.
            Refused++;
        }
    }

    private static async Task ReadAsync(SslStream tls, CancellationToken end) =>
        await tls.ReadExactlyAsync(new byte[1], end);

    private bool IsTrusted(X509Certificate? certificate)
    {
        if (_clientAuthority is null)
            return true;
        if (certificate is not X509Certificate2 presented)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_clientAuthority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(presented);
    }
}
