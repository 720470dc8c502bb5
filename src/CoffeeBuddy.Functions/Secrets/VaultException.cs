using System.Net;

namespace CoffeeBuddy.Functions.Secrets;

/// <summary>Vault refused a request, or cannot be reached.</summary>
public sealed class VaultException : SecretsException
{
    public VaultException(string message, HttpStatusCode status)
        : base(message) => Status = status;

    public VaultException(string message, Exception inner)
        : base(message, inner) { }

    /// <summary>Null: no answer.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Whether another attempt may succeed without anybody having changed something.</summary>
    public bool IsTemporary => Status is not { } status || VaultResilience.IsTemporary(status);
}
