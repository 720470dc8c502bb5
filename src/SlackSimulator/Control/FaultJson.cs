using System.Globalization;
using SlackSimulator.Json;

namespace SlackSimulator.Control;

/// <summary>Converts faults from and to the JSON of <c>/sim/faults</c>.</summary>
internal static class FaultJson
{
    private static readonly Dictionary<string, FaultKind> Kinds = new(StringComparer.Ordinal)
    {
        ["ratelimited"] = FaultKind.RateLimited,
        ["error"] = FaultKind.Error,
        ["code"] = FaultKind.Code,
        ["slow"] = FaultKind.Slow,
        ["reset"] = FaultKind.Reset,
        ["lost_answer"] = FaultKind.LostAnswer,
        ["slow_answer"] = FaultKind.SlowAnswer,
    };

    public static Fault Read(JsonNode? node)
    {
        if (
            node is not JsonObject given
            || given["kind"].Text() is not { } kind
            || !Kinds.TryGetValue(kind, out var known)
        )
            throw SimulatorError.BadRequest(
                "invalid_fault",
                $"A fault has a kind, one of {string.Join(", ", Kinds.Keys)}."
            );
        var probability = double.TryParse(
            given["probability"].Scalar(),
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out var share
        )
            ? share
            : 1;
        return new Fault(
            given["method"].Text() ?? "*",
            known,
            Whole(given, "status", 500),
            given["code"].Text() ?? "internal_error",
            Whole(given, "ms", 1000),
            Whole(given, "retry_after", 1),
            given["count"] is null ? null : Whole(given, "count", 1),
            probability,
            given["channel"].Text(),
            given["user"].Text()
        );
    }

    public static JsonObject Write(Fault fault) =>
        new()
        {
            ["method"] = fault.Method,
            ["kind"] = Kinds.First(pair => pair.Value == fault.Kind).Key,
            ["status"] = fault.Status,
            ["code"] = fault.Code,
            ["ms"] = fault.Ms,
            ["retry_after"] = fault.RetryAfter,
            ["count"] = fault.Count,
            ["probability"] = fault.Probability,
            ["channel"] = fault.Channel,
            ["user"] = fault.User,
        };

    private static int Whole(JsonObject given, string name, int otherwise)
    {
        if (given[name] is null)
            return otherwise;
        return
            int.TryParse(given[name].Scalar(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            && number >= 0
            ? number
            : throw SimulatorError.BadRequest("invalid_fault", $"{name} must be a whole number, 0 or more.");
    }
}
