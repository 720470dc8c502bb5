using System.Text.Json;
using System.Text.Json.Serialization;

namespace CoffeeBuddy.Functions.Secrets;

/// <summary>Body of <c>POST auth/:mount/login</c> of the auth method kubernetes.</summary>
internal sealed record VaultLogin(string Role, string Jwt);

/// <summary>Body of <c>POST sys/leases/lookup</c> and <c>sys/leases/renew</c>.</summary>
internal sealed record VaultLeaseId(string LeaseId);

/// <summary>What Vault's HTTP API answers with; the parts that are used.</summary>
/// <param name="LeaseDuration">Seconds.</param>
/// <param name="Errors">With a status of 400 and above.</param>
internal sealed record VaultAnswer(
    string? LeaseId = null,
    bool Renewable = false,
    long LeaseDuration = 0,
    JsonElement Data = default,
    VaultAuth? Auth = null,
    IReadOnlyList<string>? Errors = null
);

/// <summary>A token of Vault.</summary>
/// <param name="LeaseDuration">Seconds; 0: it does not expire.</param>
internal sealed record VaultAuth(string ClientToken, long LeaseDuration, bool Renewable);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(VaultAnswer))]
[JsonSerializable(typeof(VaultLogin))]
[JsonSerializable(typeof(VaultLeaseId))]
internal sealed partial class VaultJson : JsonSerializerContext;
