using System.Text.Json;
using CoffeeBuddy.Core.Runs;

namespace CoffeeBuddy.Data.Runs;

/// <summary>A row of runner_declines.</summary>
internal sealed class DeclineRow
{
    public string UserId { get; set; } = "";
    public string? Reason { get; set; }
    public DateTimeOffset DeclinedAt { get; set; }

    public Decline ToDecline() => new(UserId, Reason, DeclinedAt);
}

/// <summary>A row of take_over_requests (q).</summary>
internal sealed class RequestRow
{
    public const string Columns =
        "q.user_id, q.asked_by_user_id, q.comparison::text AS comparison, q.answer, q.version";

    public string UserId { get; set; } = "";
    public string? AskedByUserId { get; set; }
    public string? Comparison { get; set; }
    public string? Answer { get; set; }
    public int Version { get; set; }

    public TakeOverRequest ToRequest() =>
        new(
            UserId,
            AskedByUserId,
            Comparison is null ? null : JsonSerializer.Deserialize(Comparison, DataJson.Default.Comparison),
            Answer is null ? null : Enum.Parse<TakeOverAnswer>(Answer, ignoreCase: true),
            Version
        );
}

/// <summary>A row of runner_assignments (a).</summary>
internal sealed class AssignmentRow
{
    public const string Columns =
        "a.version, a.runner_user_id, a.assigned_at, a.how, a.reason, a.reckoning::text AS reckoning";

    public int Version { get; set; }
    public string RunnerUserId { get; set; } = "";
    public DateTimeOffset AssignedAt { get; set; }
    public string How { get; set; } = "";
    public string Reason { get; set; } = "";
    public string? Reckoning { get; set; }

    public StoredAssignment ToAssignment() =>
        new(
            Version,
            RunnerUserId,
            AssignedAt,
            Enum.Parse<AssignedHow>(How.Replace("_", ""), ignoreCase: true),
            Reason,
            Reckoning is null ? null : JsonSerializer.Deserialize(Reckoning, DataJson.Default.Reckoning)
        );

    public static string NameOf(AssignedHow how) =>
        how switch
        {
            AssignedHow.Chosen => "chosen",
            AssignedHow.Volunteered => "volunteered",
            AssignedHow.TookOver => "took_over",
            _ => throw new ArgumentOutOfRangeException(nameof(how)),
        };
}
