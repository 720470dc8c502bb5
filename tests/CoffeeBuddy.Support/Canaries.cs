using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Support;

/// <summary>Texts that tests give to the workers, and that must not be in what the workers write.</summary>
public static class Canaries
{
    public const string Drink = "Zanzibarino";
    public const string Note = "Quietschentchen";
    public const string Text = "Schmetterling";
    public const string Email = "canary.person@canary.example";
    public const string Token = "canary-token-Nachtigall";

    /// <summary>With the secrets of the sandbox.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Drink,
        Note,
        Text,
        Email,
        Token,
        SlackSender.Secret,
        SlackSender.BotToken,
        SandboxOptions.RecordKey,
        "sandbox-introspection-secret",
        "sandbox-reports-secret",
    ];
}
