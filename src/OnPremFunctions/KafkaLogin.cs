using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace OnPremFunctions;

/// <summary>
/// Passes a changed user name or password (PLAIN, SCRAM) on to a client that runs, until it is disposed, which must be
/// before the client. The login is used for the client's next connections; those that exist stay, because a broker
/// checks a login only when they open.
/// </summary>
public sealed class KafkaLogin : IDisposable
{
    private readonly IClient _client;
    private readonly IDisposable? _changes;
    private readonly Lock _gate = new();
    private bool _isDisposed;

    /// <param name="client">The running client.</param>
    /// <param name="settings">Its settings.</param>
    public KafkaLogin(IClient client, IOptionsMonitor<ClientConfig> settings)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(settings);
        _client = client;
        _changes = settings.OnChange(Apply);
        // Changed since the client was created.
        Apply(settings.CurrentValue);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _changes?.Dispose();
        lock (_gate)
            _isDisposed = true;
    }

    private void Apply(ClientConfig settings)
    {
        lock (_gate)
        {
            if (
                !_isDisposed
                && settings is { SaslUsername: { Length: > 0 } username, SaslPassword: { Length: > 0 } password }
            )
                _client.SetSaslCredentials(username, password);
        }
    }
}
