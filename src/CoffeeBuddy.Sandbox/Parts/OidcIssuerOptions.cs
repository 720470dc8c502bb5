namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>A client that may fetch tokens and introspect them with its id and secret.</summary>
public sealed record OidcClient(string Id, string Secret, params string[] Scopes);

public sealed record OidcIssuerOptions
{
    /// <summary>The audience of the tokens issued.</summary>
    public string Audience { get; init; } = "coffeebuddy";

    public IReadOnlyList<OidcClient> Clients { get; init; } = [];

    /// <summary>The TCP port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Decides when the tokens of <see cref="OidcIssuer.IssueToken"/> begin and end.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
