namespace CoffeeBuddy.Data.Audit;

/// <summary>A row of the audit.</summary>
/// <param name="Type">What was done, or tried.</param>
/// <param name="Outcome">done or refused.</param>
/// <param name="Origin">slack, api, system or operator; null: older row.</param>
/// <param name="UserId">The person; null for the system.</param>
/// <param name="Subject">The access token's subject, or the operator's login.</param>
/// <param name="OnBehalf">The subject is a service that acted for the person.</param>
/// <param name="Payload">The details, a JSON object.</param>
public sealed record AuditRow(
    Guid LogId,
    DateTimeOffset Time,
    string Type,
    string Outcome,
    string? Origin,
    string? UserId,
    string? Subject,
    bool OnBehalf,
    Guid? RunId,
    string Payload
);
