namespace CoffeeBuddy.Sandbox.Oidc;

/// <summary>A client that can get tokens and introspect tokens with its id and secret.</summary>
public sealed record OidcClient(string Id, string Secret, params string[] Scopes);
