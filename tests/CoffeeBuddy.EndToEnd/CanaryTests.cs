using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>
/// Gives the workers, by every way that people and callers have, texts that must not come out again. Each office looks
/// for them when its tests are over: in logs, metrics and topics. Problem documents are looked at in every answer.
/// </summary>
public sealed class CanaryTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task Texts_addresses_and_tokens_are_planted()
    {
        var corner = await Office.CornerAsync(2);
        var (person, other) = (corner.People[0], corner.People[1]);
        await Office.SetProfileAsync(person, Canaries.Email);
        await corner.FormAsync(person);
        await person.SubmitAsync(("drink:0", "something_else"), ("other:0", Canaries.Drink), ("note:0", Canaries.Note));
        await corner.SummaryAsync(Canaries.Drink);
        var thread = (await corner.AnnouncementAsync()).Ts;
        await other.SayAsync(corner.Channel, $"@CoffeeBuddy large {Canaries.Text}", thread);
        await person.CommandAsync(corner.Channel, "/coffee", Canaries.Text);
        await other.ClickAsync(await corner.AnnouncementAsync(), "order_withdraw");
        await ToldAsync(corner, other, "You have no order in this run.");

        // Refused: without a valid signature, token or body.
        var command = $"command=%2Fcoffee&text={Canaries.Text}";
        Assert.Equal(401, (await PostAsync("slack/commands", new StringContent(command))).Status);
        // 503 while the issuer is too busy to say whether it knows the token.
        await Eventually.TrueAsync(
            async () => (await Office.Api.GetAsync("runs", Canaries.Token)).Status == 401,
            "the token is refused"
        );
        var wrong = await Office.Api.PostAsync(
            "runs",
            Office.Service(),
            new
            {
                workspace_id = Canaries.Text,
                channel_id = Canaries.Email,
                user_id = Canaries.Text,
            }
        );
        Assert.Equal(400, wrong.Status);
        var unknown = await Office.Api.PostAsync(
            $"runs/{await corner.RunIdAsync()}/orders",
            Office.Service(),
            new JsonObject { ["drink_type"] = new string('x', 200) + Canaries.Drink, ["user_id"] = person.Id }
        );
        Assert.Equal(400, unknown.Status);
    }

    private async Task<(int Status, string Body)> PostAsync(string path, HttpContent content)
    {
        using var answer = await Office.Worker.Http.PostAsync(path, content, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
