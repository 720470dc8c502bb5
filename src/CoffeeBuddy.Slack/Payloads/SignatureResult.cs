namespace CoffeeBuddy.Slack.Payloads;

/// <summary>Why a request's signature was accepted or refused.</summary>
public enum SignatureResult
{
    Valid,

    /// <summary>No signing secret is configured, so no request can be verified.</summary>
    NoSecret,

    /// <summary>The timestamp or signature header is missing or empty.</summary>
    MissingHeader,

    /// <summary>A header does not have the format that Slack uses.</summary>
    Malformed,

    /// <summary>The timestamp is too far from now, in either direction.</summary>
    Stale,

    /// <summary>No secret gives this signature for the body.</summary>
    Mismatch,
}
