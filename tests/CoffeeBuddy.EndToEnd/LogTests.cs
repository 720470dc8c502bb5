using System.Text.Json;
using CoffeeBuddy.EndToEnd.Support;
using CoffeeBuddy.Sandbox;
using Xunit;

namespace CoffeeBuddy.EndToEnd;

/// <summary>What the workers log: one trace from the request to the message, and nothing that is nobody's business.</summary>
public sealed class LogTests(Office office) : EndToEndTest(office)
{
    [Fact]
    public async Task One_trace_leads_from_the_order_to_the_message_that_shows_it()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.FormAsync(person);
        await corner.SummaryAsync("No orders yet.");
        await Corner.SubmitAsync(person, "Tea");
        await corner.SummaryAsync("*1 order so far*");
        var run = await corner.RunIdAsync();

        var request = await LineAsync(
            WorkerRoles.Http,
            line => Says(line, $"order in T0SIM00001 by {person.Id}: placed")
        );
        var trace = TraceOf(request);
        Assert.Matches("^[0-9a-f]{32}$", trace);
        await LineAsync(
            WorkerRoles.Kafka,
            line => Says(line, $"Slack shows the summary of run {run}") && TraceOf(line) == trace
        );
    }

    [Fact]
    public async Task A_click_that_is_handled_later_keeps_its_trace()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.FormAsync(person);
        await person.ClickAsync(await corner.AnnouncementAsync(), "order_withdraw");
        await ToldAsync(corner, person, "You have no order in this run.");

        var run = await corner.RunIdAsync();
        var request = await LineAsync(
            WorkerRoles.Http,
            line => Says(line, $"order_withdraw in T0SIM00001 by {person.Id}: accepted")
        );
        await LineAsync(
            WorkerRoles.Kafka,
            line =>
                Says(line, $"order_withdraw of run {run} by {person.Id}: NoOrder") && TraceOf(line) == TraceOf(request)
        );
    }

    [Fact]
    public async Task Neither_drinks_nor_notes_nor_secrets_are_logged()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.FormAsync(person);
        await person.SubmitAsync(
            ("drink:0", "something_else"),
            ("other:0", "Zanzibarino"),
            ("note:0", "Quietschentchen")
        );
        await corner.SummaryAsync("Zanzibarino");
        await person.SayAsync(
            corner.Channel,
            "large hot chocolate, caramel syrup",
            (await corner.AnnouncementAsync()).Ts
        );
        await corner.SummaryAsync("Large Hot Chocolate");
        await person.CommandAsync(corner.Channel, "/coffee", "Schmetterling");
        await person.CommandAsync(corner.Channel, "/coffee-cancel");
        await corner.AnnouncementAsync("Cancelled");

        var written = await Task.WhenAll(WorkerRoles.Functions.Keys.Select(ReadAsync));

        foreach (
            var secret in (string[])
                [
                    "Zanzibarino",
                    "Quietschentchen",
                    "Hot Chocolate",
                    "Caramel",
                    "Schmetterling",
                    Office.SigningSecret,
                    Office.BotToken,
                    "v0=",
                ]
        )
            Assert.All(
                written,
                log => Assert.DoesNotContain(log, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase))
            );
        Assert.All(written, Assert.NotEmpty);
    }

    private async Task<JsonElement> LineAsync(string role, Func<JsonElement, bool> wanted)
    {
        JsonElement? found = null;
        await Eventually.TrueAsync(
            async () =>
                (found = Parsed(await ReadAsync(role)).Cast<JsonElement?>().LastOrDefault(line => wanted(line!.Value)))
                    is not null,
            $"the line is in the log of {role}"
        );
        return found!.Value;
    }

    private async Task<string[]> ReadAsync(string role)
    {
        await using var file = new FileStream(
            Path.Combine(Office.LogFolder, $"{role}.log"),
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite
        );
        using var reader = new StreamReader(file);
        return (await reader.ReadToEndAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static IEnumerable<JsonElement> Parsed(IEnumerable<string> lines) =>
        lines
            .Where(line => line.StartsWith('{') && line.EndsWith('}'))
            .Select(line => JsonDocument.Parse(line).RootElement);

    private static bool Says(JsonElement line, string text) =>
        line.GetProperty("Message").GetString()!.Contains(text, StringComparison.Ordinal);

    private static string? TraceOf(JsonElement line) =>
        line.GetProperty("Scopes")
            .EnumerateArray()
            .Where(scope => scope.ValueKind == JsonValueKind.Object && scope.TryGetProperty("TraceId", out _))
            .Select(scope => scope.GetProperty("TraceId").GetString())
            .LastOrDefault();
}
