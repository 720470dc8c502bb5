namespace CoffeeBuddy.Deployment;

/// <summary>With Socket Mode nothing of Slack comes in.</summary>
public sealed class SocketModeTests(Chart chart)
{
    private static readonly string[] FourWorkers = ["slack.socketMode=true", "roles.http.autoscaling.maxReplicas=4"];

    [Fact]
    public async Task The_workers_get_the_apps_token_instead_of_the_signing_secret_and_Slack_has_no_way_in()
    {
        var rendered = await Chart.RenderAsync([.. Chart.ValuesOf("prod"), .. Chart.Assigned(FourWorkers)]);

        Assert.Contains("Slack__AppToken", rendered.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("SigningSecret", rendered.Text, StringComparison.Ordinal);
        Assert.Equal(["coffeebuddy-api"], rendered.OfKind("Ingress").Select(ingress => ingress.Name()));
        var used = (string)rendered.Find("Ingress")["metadata"]!["annotations"]!["konghq.com/plugins"]!;
        Assert.Equal(
            used.Split(',').Order(StringComparer.Ordinal),
            rendered.OfKind("KongPlugin").Select(plugin => plugin.Name()).Order(StringComparer.Ordinal)
        );
        // Without it, as it was.
        Assert.DoesNotContain("AppToken", chart["prod"].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_workers_than_Slack_allows_connections_are_refused()
    {
        var (code, _, errors) = await Chart.TemplateAsync(
            4,
            Chart.Current,
            [.. Chart.ValuesOf("prod"), .. Chart.Assigned(FourWorkers[0], "roles.http.autoscaling.maxReplicas=5")]
        );

        Assert.NotEqual(0, code);
        Assert.Contains("Slack allows an app 10 connections", errors, StringComparison.Ordinal);
    }
}
