namespace CoffeeBuddy.Deployment.Pipeline;

/// <summary>ci/deploy.sh: what it does when a step fails. Helm and kubectl are stand-ins.</summary>
public sealed class DeployTests : IDisposable
{
    private const string Image = "registry.example.com/coffeebuddy@sha256:" + Digest;
    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    // As Helm writes it. The last revision failed: it is not the one that runs.
    private static readonly string History =
        $"[{Revision(3, "superseded")},{Revision(4, "deployed")},{Revision(5, "failed")}]";

    private readonly StandIns _programs = new(
        (
            "helm",
            """
            if [ "$1" = history ]; then
                [ -f "$folder/history" ] || { echo "Error: release: not found" >&2 && exit 1; }
                cat "$folder/history"
            fi
            """
        ),
        (
            "kubectl",
            "stat -c %a \"$KUBECONFIG\" >\"$folder/kubeconfig\" 2>&1; cat \"$KUBECONFIG\" >>\"$folder/kubeconfig\" 2>&1"
        )
    );

    public DeployTests() => File.WriteAllText(_programs.File("history"), History);

    public void Dispose() => _programs.Dispose();

    [Fact]
    public async Task A_version_that_works_stays()
    {
        var (code, output, _) = await DeployAsync();

        Assert.Equal(0, code);
        Assert.EndsWith($"test: {Image} works.\n", output, StringComparison.Ordinal);
        Assert.Equal(
            [
                "helm history",
                "helm upgrade",
                "helm test",
                "kubectl rollout",
                "kubectl rollout",
                "kubectl rollout",
                "kubectl wait",
            ],
            _programs.Verbs
        );
        Assert.All(_programs.Calls, call => Assert.Contains("--namespace coffeebuddy", call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_release_is_upgraded_to_the_digest_with_the_values_of_the_environment()
    {
        await DeployAsync();

        var upgrade = Assert.Single(_programs.Calls, call => call.StartsWith("helm upgrade", StringComparison.Ordinal));
        Assert.StartsWith("helm upgrade coffeebuddy helm/coffeebuddy --install ", upgrade, StringComparison.Ordinal);
        Assert.All(
            [
                " --atomic ",
                " --timeout 20m",
                " --values helm/coffeebuddy/values-test.yaml ",
                " --set-string image.repository=registry.example.com/coffeebuddy ",
                $" --set-string image.digest=sha256:{Digest} ",
            ],
            argument => Assert.Contains(argument, upgrade, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task After_an_upgrade_that_fails_nothing_is_done_because_Helm_has_gone_back()
    {
        var (code, errors) = await FailAsync("helm upgrade");

        Assert.Equal(1, code);
        Assert.StartsWith(
            "FAILED: test: the upgrade failed. Helm has gone back to revision 4",
            errors[^1],
            StringComparison.Ordinal
        );
        Assert.Equal(["helm history", "helm upgrade"], _programs.Verbs);
    }

    [Theory]
    [InlineData("helm test", "the smoke run failed")]
    [InlineData("kubectl rollout status deployment/coffeebuddy-kafka", "not all workers are available")]
    [InlineData("kubectl wait", "not all workers are available")]
    public async Task A_smoke_run_or_a_check_that_fails_brings_the_revision_before_back(string failing, string reason)
    {
        var (code, errors) = await FailAsync(failing);

        Assert.Equal(1, code);
        Assert.Equal($"FAILED: test: {reason}. Revision 4 runs again", errors[^1]);
        Assert.StartsWith("helm rollback coffeebuddy 4 ", _programs.Calls[^1], StringComparison.Ordinal);
        Assert.Contains(" --wait ", _programs.Calls[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollback_that_fails_is_said_loudly()
    {
        var (code, errors) = await FailAsync("helm test", "helm rollback");

        Assert.Equal(1, code);
        Assert.Contains("!!! ROLLBACK FAILED !!!", errors);
        Assert.Contains("the rollback to revision 4 FAILED too", errors[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_installation_that_fails_stays_as_it_is()
    {
        File.Delete(_programs.File("history"));

        var (code, errors) = await FailAsync("helm test");

        Assert.Equal(1, code);
        Assert.Contains("This first installation stays as it is", errors[^1], StringComparison.Ordinal);
        Assert.Equal(["helm history", "helm upgrade", "helm test"], _programs.Verbs);
    }

    [Fact]
    public async Task A_first_installation_can_succeed()
    {
        File.Delete(_programs.File("history"));

        var (code, output, _) = await DeployAsync();

        Assert.Equal(0, code);
        Assert.Contains("before it: nothing.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_changed_when_the_revision_to_go_back_to_cannot_be_read()
    {
        var (code, errors) = await FailAsync("helm history");

        Assert.Equal(1, code);
        Assert.EndsWith("Nothing was changed", errors[^1], StringComparison.Ordinal);
        Assert.Equal(["helm history"], _programs.Verbs);
    }

    [Theory]
    [InlineData("Two arguments are needed.")]
    [InlineData("Two arguments are needed.", "test")]
    [InlineData("Unknown environment: staging", "staging", Image)]
    [InlineData("Unknown environment: ../prod", "../prod", Image)]
    [InlineData(
        "Not an image with its digest: registry.example.com/coffeebuddy:1.0",
        "prod",
        "registry.example.com/coffeebuddy:1.0"
    )]
    [InlineData("Not an image with its digest: ", "prod", "")]
    public async Task Other_arguments_are_refused_before_anything_is_called(string error, params string[] arguments)
    {
        var (code, _, errors) = await _programs.RunAsync("deploy.sh", arguments, []);

        Assert.Equal(2, code);
        Assert.StartsWith(error, errors, StringComparison.Ordinal);
        Assert.Empty(_programs.Calls);
    }

    [Fact]
    public async Task The_login_of_the_cluster_is_in_a_file_that_others_cannot_read_and_in_no_argument_or_output()
    {
        const string secret = "token: very-secret";

        var (code, output, errors) = await _programs.RunAsync(
            "deploy.sh",
            ["prod", Image],
            [],
            ("KUBECONFIG_CONTENT", secret)
        );

        Assert.Equal(0, code);
        Assert.Equal(
            ["600", secret],
            await File.ReadAllLinesAsync(_programs.File("kubeconfig"), TestContext.Current.CancellationToken)
        );
        Assert.DoesNotContain(secret, string.Concat(_programs.Calls) + output + errors, StringComparison.Ordinal);
    }

    private static string Revision(int number, string status) =>
        new JsonObject
        {
            ["revision"] = number,
            ["updated"] = "2026-01-02T03:04:05Z",
            ["status"] = status,
            ["chart"] = "coffeebuddy-1.0.0",
            ["app_version"] = "1.0.0",
            ["description"] = "Upgrade complete",
        }.ToJsonString();

    private Task<(int Code, string Output, string Errors)> DeployAsync(params string[] failing) =>
        _programs.RunAsync("deploy.sh", ["test", Image], failing);

    private async Task<(int Code, string[] Errors)> FailAsync(params string[] failing)
    {
        var (code, _, errors) = await DeployAsync(failing);
        return (code, errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
