namespace CoffeeBuddy.Sandbox.Oidc;

/// <summary>The format of JWT access tokens, and of additional claims in introspection answers.</summary>
public enum TokenShape
{
    /// <summary>
    /// RFC 9068: <c>typ</c> is at+jwt, <c>scope</c> a string with spaces, additional claims at the top level.
    /// </summary>
    Rfc9068,

    /// <summary>
    /// Ory Hydra: <c>typ</c> is JWT, <c>scp</c> and <c>aud</c> are arrays, additional claims under <c>ext</c>.
    /// </summary>
    Hydra,
}
