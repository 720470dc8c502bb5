using System.Text;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace CoffeeBuddy.Functions.Security;

/// <summary>What the issuer publishes at one time: its endpoints and its keys.</summary>
/// <param name="Issuer">The <c>iss</c> of its tokens.</param>
/// <param name="IntrospectionEndpoint">Null: the discovery document names none.</param>
public sealed record IssuerDocument(string Issuer, Uri? IntrospectionEndpoint, IReadOnlyList<JsonWebKey> Keys)
{
    public bool HasKey(string kid) => Keys.Any(key => key.Kid == kid);

    /// <summary>The keys with this id that may verify this algorithm.</summary>
    public IReadOnlyList<JsonWebKey> KeysFor(string kid, string algorithm) =>
        [.. Keys.Where(key => key.Kid == kid && SigningAlgorithms.MayVerify(key, algorithm))];

    /// <summary>Reads the discovery document, and the keys that it names.</summary>
    /// <exception cref="InvalidDataException">An answer of the issuer is wrong.</exception>
    /// <exception cref="HttpRequestException">The issuer does not answer, or not with 200.</exception>
    public static async Task<IssuerDocument> ReadAsync(HttpClient client, OidcOptions options)
    {
        var authority = options.Authority.TrimEnd('/');
        var found = await ReadAsync(
            client,
            new Uri(authority + "/.well-known/openid-configuration"),
            OpenIdConnectConfiguration.Create
        );
        // The token's iss must be equal to the document's issuer, so that must be the configured one. A slash at the
        // end is the only difference that people overlook.
        if (found.Issuer?.TrimEnd('/') != authority)
            throw new InvalidDataException("The discovery document names another issuer than Oidc:Authority.");
        if (!Uri.TryCreate(found.JwksUri, UriKind.Absolute, out var keys) || !options.Allows(keys))
            throw NotAllowed("jwks_uri");
        var introspection = options.HasIntrospection ? options.IntrospectionEndpoint : null;
        if (
            options.HasIntrospection
            && introspection is null
            && !string.IsNullOrEmpty(found.IntrospectionEndpoint)
            && !(
                Uri.TryCreate(found.IntrospectionEndpoint, UriKind.Absolute, out introspection)
                && options.Allows(introspection)
            )
        )
            throw NotAllowed("introspection_endpoint");

        var set = await ReadAsync(client, keys, JsonWebKeySet.Create);
        return new IssuerDocument(found.Issuer, introspection, [.. set.Keys]);
    }

    private static async Task<T> ReadAsync<T>(HttpClient client, Uri address, Func<string, T> parse)
    {
        using var response = await client.GetAsync(address);
        response.EnsureSuccessStatusCode();
        var text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
        try
        {
            return parse(text);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The parsers throw many kinds for text that they do not expect.
            throw new InvalidDataException($"The answer of {address} is not the expected JSON.", exception);
        }
    }

    private static InvalidDataException NotAllowed(string endpoint) =>
        new($"The discovery document's {endpoint} must be https, unless Oidc:AllowHttp is true.");
}
