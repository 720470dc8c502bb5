namespace CoffeeBuddy.Data.Audit;

/// <summary>How a change came about, for its audit rows. Flows with the request, as its trace does.</summary>
/// <param name="Name">slack, api, system or operator.</param>
/// <param name="Subject">The access token's subject, or the operator's login.</param>
/// <param name="OnBehalf">The subject is a service that acts for the person.</param>
public sealed record AuditOrigin(string Name, string? Subject = null, bool OnBehalf = false)
{
    private static readonly AsyncLocal<AuditOrigin?> Flowing = new();

    public static AuditOrigin System { get; } = new("system");

    public static AuditOrigin Slack { get; } = new("slack");

    /// <summary>The system where nothing else was set: for timers, and for what follows from events.</summary>
    public static AuditOrigin Current
    {
        get => Flowing.Value ?? System;
        set => Flowing.Value = value;
    }

    public static AuditOrigin Api(string subject, bool onBehalf) => new("api", subject, onBehalf);

    public static AuditOrigin Operator(string login) => new("operator", login);
}
