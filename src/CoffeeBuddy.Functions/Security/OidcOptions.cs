using System.ComponentModel.DataAnnotations;

namespace CoffeeBuddy.Functions.Security;

/// <summary>The company's OIDC issuer (Ory Hydra): configuration section <c>Oidc</c>.</summary>
public sealed class OidcOptions : IValidatableObject
{
    /// <summary>The issuer's address, as its tokens name it; its discovery document is read from there.</summary>
    [Required, Url]
    public string Authority { get; set; } = "";

    /// <summary>What a token's <c>aud</c> must hold.</summary>
    [Required]
    public string Audience { get; set; } = "";

    /// <summary>The claim that names the caller's Slack user id; a token without it belongs to a service.</summary>
    [Required]
    public string UserIdClaim { get; set; } = "slack_user_id";

    /// <summary>Client that may ask the issuer about opaque tokens (RFC 7662); none: only JWTs are accepted.</summary>
    public string? IntrospectionClientId { get; set; }

    public string? IntrospectionClientSecret { get; set; }

    /// <summary>Where opaque tokens are asked about, for an issuer whose discovery does not say (Ory Hydra: /admin/oauth2/introspect).</summary>
    public Uri? IntrospectionEndpoint { get; set; }

    /// <summary>Accept an issuer over plain HTTP: for the sandbox, on one machine.</summary>
    public bool AllowHttp { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!AllowHttp && Authority.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            yield return new("Oidc:Authority must be https, unless Oidc:AllowHttp is true.");
        if (IntrospectionClientId is null != IntrospectionClientSecret is null)
            yield return new("Oidc:IntrospectionClientId and Oidc:IntrospectionClientSecret go together.");
    }
}
