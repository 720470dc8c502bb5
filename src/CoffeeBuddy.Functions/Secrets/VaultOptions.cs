using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace CoffeeBuddy.Functions.Secrets;

/// <summary>
/// HashiCorp Vault as a source of secrets: configuration section <c>Vault</c>. The worker logs in as the service account
/// of its pod.
/// </summary>
public sealed class VaultOptions : IValidatableObject
{
    public const string Section = "Vault";

    /// <summary>Vault's address; HTTPS.</summary>
    [Required]
    public Uri? Address { get; set; }

    /// <summary>The namespace of Vault Enterprise or HCP.</summary>
    public string? Namespace { get; set; }

    /// <summary>File in PEM with the authorities of Vault's certificate; null: the system's.</summary>
    public string? CaFile { get; set; }

    /// <summary>Mount of the auth method kubernetes.</summary>
    [Required]
    public string AuthMount { get; set; } = "kubernetes";

    /// <summary>Role of that method.</summary>
    [Required]
    public string Role { get; set; } = "";

    /// <summary>File with the token of the pod's service account. Read at each login: Kubernetes renews it.</summary>
    [Required]
    public string TokenFile { get; set; } = "/var/run/secrets/kubernetes.io/serviceaccount/token";

    /// <summary>Mount of the KV engine, version 2.</summary>
    [Required]
    public string KvMount { get; set; } = "secret";

    /// <summary>
    /// Path of the secret. Its keys are the names of settings as environment variables: <c>Slack__BotToken</c>.
    /// </summary>
    public string? KvPath { get; set; }

    /// <summary>Mount of the database engine.</summary>
    [Required]
    public string DatabaseMount { get; set; } = "database";

    /// <summary>Role of the database engine, whose user and password replace those of the connection string.</summary>
    public string? DatabaseRole { get; set; }

    /// <summary>How often the secrets are read. Leases are renewed earlier where they are shorter.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the start waits for a Vault that is down or sealed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <exception cref="SecretsException">A setting is missing or wrong.</exception>
    public static VaultOptions Read(IConfiguration configuration)
    {
        VaultOptions options;
        try
        {
            options = configuration.GetSection(Section).Get<VaultOptions>()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new SecretsException(exception.Message, exception);
        }

        List<ValidationResult> faults = [];
        return Validator.TryValidateObject(options, new(options), faults, validateAllProperties: true)
            ? options
            : throw new SecretsException(
                $"The settings of Vault are wrong: {string.Join(' ', faults.Select(fault => fault.ErrorMessage))}"
            );
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!(Address is { IsAbsoluteUri: true } address && address.Scheme == Uri.UriSchemeHttps))
            yield return new("Vault:Address must be an https address.");
        if (string.IsNullOrEmpty(KvPath) && string.IsNullOrEmpty(DatabaseRole))
            yield return new("Vault:KvPath or Vault:DatabaseRole must be set: without both there is nothing to read.");
    }
}
