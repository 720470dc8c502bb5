namespace CoffeeBuddy.Functions.Tests;

/// <summary>Checks that hold for every refused request.</summary>
internal static class Refusals
{
    /// <summary>
    /// Sends a request, and asserts: a problem with this status, one log line without secrets, one more refusal in the
    /// metrics, and no change in any table.
    /// </summary>
    /// <param name="secrets">Texts of the request that must not be logged.</param>
    public static async Task<Answer> RefusesAsync(
        this Office office,
        string function,
        int status,
        Func<Task<Answer>> send,
        params string[] secrets
    )
    {
        var rows = await office.ContentAsync();
        var refused = await CountAsync();

        var answer = await send();

        answer.Is(status);
        Assert.Equal("application/problem+json", answer.MediaType);
        Assert.Equal((status, "about:blank"), ((int?)answer.Json["status"], (string?)answer.Json["type"]));
        Assert.NotEmpty((string?)answer.Json["title"] ?? "");
        Assert.Equal(rows, await office.ContentAsync());
        Assert.Equal(refused + 1, await CountAsync());
        var lines = await SettledLinesAsync(office, answer.TraceId);
        var warning = Assert.Single(lines, line => (string?)line["LogLevel"] is not ("Information" or "Debug"));
        Assert.Equal("Warning", (string?)warning["LogLevel"]);
        Assert.StartsWith(
            $"{function} refused a request with {status}: ",
            (string?)warning["Message"],
            StringComparison.Ordinal
        );
        foreach (var secret in secrets.Append(SlackSender.Secret).Append("eyJ"))
            Assert.All(
                lines,
                line => Assert.DoesNotContain(secret, line.ToJsonString(), StringComparison.OrdinalIgnoreCase)
            );
        return answer;

        async Task<double> CountAsync() =>
            (await office.MetricsAsync()).Value(
                "coffeebuddy_requests_refused_total",
                $"function=\"{function}\"",
                $"status=\"{status}\""
            );
    }

    // Log lines are written in order: when the line of a later request is there, all lines of this one are.
    private static async Task<IReadOnlyList<System.Text.Json.Nodes.JsonNode>> SettledLinesAsync(
        Office office,
        string traceId
    )
    {
        var later = await office.Slack.GetAsync("slack/commands");
        await office.Log().WaitAsync(later.TraceId, "Warning");
        return office.Log().LinesOf(traceId);
    }
}
