using System.Text.Json;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>The workers' logs: one trace id from the request to the message, and no personal data or secrets.</summary>
public sealed class LogTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task The_log_lines_of_an_order_and_of_the_message_that_shows_it_have_the_same_trace_id()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.FormAsync(person);
        await corner.SummaryAsync("No orders yet.");
        await corner.SubmitAsync(person, "Tea");
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
            line => Says(line, $"Showed the summary of run {run}") && TraceOf(line) == trace
        );
    }

    [Fact]
    public async Task A_click_that_is_handled_by_the_kafka_worker_keeps_its_trace_id()
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
    public async Task Drinks_notes_and_secrets_are_not_logged()
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

        var written = WorkerRoles.Functions.Keys.Select(role => Office.Log(role).Lines()).ToList();

        foreach (
            var secret in (string[])
                [
                    "Zanzibarino",
                    "Quietschentchen",
                    "Hot Chocolate",
                    "Caramel",
                    "Schmetterling",
                    SlackSender.Secret,
                    SlackSender.BotToken,
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
            () =>
                (
                    found = Office
                        .Log(role)
                        .Lines()
                        .Select(line => (JsonElement?)JsonDocument.Parse(line).RootElement)
                        .LastOrDefault(line => wanted(line!.Value))
                )
                    is not null,
            $"the line is in the log of {role}"
        );
        return found!.Value;
    }

    private static bool Says(JsonElement line, string text) =>
        line.GetProperty("Message").GetString()!.Contains(text, StringComparison.Ordinal);

    private static string? TraceOf(JsonElement line) =>
        line.GetProperty("Scopes")
            .EnumerateArray()
            .Where(scope => scope.ValueKind == JsonValueKind.Object && scope.TryGetProperty("TraceId", out _))
            .Select(scope => scope.GetProperty("TraceId").GetString())
            .LastOrDefault();
}
