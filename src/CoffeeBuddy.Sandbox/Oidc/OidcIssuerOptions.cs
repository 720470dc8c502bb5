namespace CoffeeBuddy.Sandbox.Oidc;

public sealed record OidcIssuerOptions
{
    /// <summary>The audience of the tokens issued.</summary>
    public string Audience { get; init; } = "coffeebuddy";

    /// <summary>The <c>iss</c> of tokens of <see cref="OidcIssuer.IssueToken"/>; null: the issuer's address.</summary>
    public Uri? Name { get; init; }

    public IReadOnlyList<OidcClient> Clients { get; init; } = [];

    /// <summary>TCP port on 127.0.0.1; 0 selects a free port.</summary>
    public int Port { get; init; }

    /// <summary>The clock by which tokens expire.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
