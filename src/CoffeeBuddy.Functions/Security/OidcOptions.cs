using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace CoffeeBuddy.Functions.Security;

/// <summary>The company's OIDC issuer (Ory Hydra): configuration section <c>Oidc</c>.</summary>
public sealed class OidcOptions : IValidatableObject
{
    /// <summary>
    /// The issuer's address, equal to the <c>iss</c> of its tokens; the discovery document is read from there.
    /// </summary>
    [Required, Url]
    public string Authority { get; set; } = "";

    /// <summary>The audience that a token's <c>aud</c> must contain.</summary>
    [Required]
    public string Audience { get; set; } = "";

    /// <summary>The claim that holds the caller's Slack user id; a token without it belongs to a service.</summary>
    [Required]
    public string UserIdClaim { get; set; } = "slack_user_id";

    /// <summary>Client id for introspection of opaque tokens (RFC 7662); without it only JWTs are accepted.</summary>
    public string? IntrospectionClientId { get; set; }

    /// <summary>Read at each introspection, so that it can change while the worker runs.</summary>
    public string? IntrospectionClientSecret { get; set; }

    /// <summary>
    /// The introspection endpoint, for an issuer whose discovery document does not name it (Ory Hydra:
    /// /admin/oauth2/introspect).
    /// </summary>
    public Uri? IntrospectionEndpoint { get; set; }

    /// <summary>Allow an issuer over plain HTTP, as in the sandbox.</summary>
    public bool AllowHttp { get; set; }

    [MemberNotNullWhen(true, nameof(IntrospectionClientId), nameof(IntrospectionClientSecret))]
    public bool HasIntrospection =>
        !string.IsNullOrEmpty(IntrospectionClientId) && !string.IsNullOrEmpty(IntrospectionClientSecret);

    /// <summary>Whether requests may be sent to this address: https, or http where it is allowed.</summary>
    public bool Allows([NotNullWhen(true)] Uri? address) =>
        address is { IsAbsoluteUri: true, UserInfo: "" }
        && (address.Scheme == Uri.UriSchemeHttps || (AllowHttp && address.Scheme == Uri.UriSchemeHttp));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Allows(new Uri(Authority)))
            yield return new("Oidc:Authority must be https, unless Oidc:AllowHttp is true.");
        if (IntrospectionEndpoint is not null && !Allows(IntrospectionEndpoint))
            yield return new("Oidc:IntrospectionEndpoint must be https, unless Oidc:AllowHttp is true.");
        if (string.IsNullOrEmpty(IntrospectionClientId) != string.IsNullOrEmpty(IntrospectionClientSecret))
            yield return new("Oidc:IntrospectionClientId and Oidc:IntrospectionClientSecret go together.");
    }
}
