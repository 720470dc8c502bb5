namespace CoffeeBuddy.Deployment.Pipeline;

/// <summary>ci/chart.sh with Helm; ci/push.sh and ci/scan.sh with stand-ins.</summary>
public sealed class ImageStepTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly (string, string)[] Login =
    [
        ("REGISTRY_USERNAME", "robot"),
        ("REGISTRY_PASSWORD", "very-secret"),
    ];

    [Fact]
    public async Task The_chart_is_checked_with_every_file_of_values_and_packaged_with_the_version()
    {
        using var programs = new StandIns(("helm", $"exec {await NodeTools.HelmPathAsync(4)} \"$@\""));

        var (code, output, errors) = await programs.RunAsync("chart.sh", ["1.2.3"], []);

        Assert.True(code == 0, errors);
        Assert.All(
            Directory.GetFiles(Repository.File(Chart.Folder), "values-*.yaml"),
            values =>
                Assert.Contains(
                    $"Checked: {Chart.Folder}/{Path.GetFileName(values)}\n",
                    output,
                    StringComparison.Ordinal
                )
        );
        var package = Repository.File("artifacts", "chart", "coffeebuddy-1.2.3.tgz");
        Assert.True(File.Exists(package));
        File.Delete(package);
    }

    [Fact]
    public async Task The_image_is_pushed_and_named_by_the_digest_that_the_registry_gave()
    {
        using var programs = Buildah(Digest);

        var (code, output, errors) = await PushAsync(programs);

        Assert.True(code == 0, errors);
        var reference = await File.ReadAllTextAsync(
            Repository.File("artifacts", "image-reference"),
            TestContext.Current.CancellationToken
        );
        Assert.Equal($"registry.example.com/coffeebuddy@{Digest}\n", reference);
        Assert.EndsWith(
            " coffeebuddy:ci docker://registry.example.com/coffeebuddy:1.2.3",
            programs.Calls[^1],
            StringComparison.Ordinal
        );
        Assert.Contains($"@{Digest} (1.2.3)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_of_the_registry_is_in_no_argument_or_output()
    {
        using var programs = Buildah(Digest);

        var (_, output, errors) = await PushAsync(programs);

        Assert.Contains(
            programs.Calls,
            call =>
                call.EndsWith("login --username robot --password-stdin registry.example.com", StringComparison.Ordinal)
        );
        Assert.Equal(
            "very-secret",
            await File.ReadAllTextAsync(programs.File("stdin"), TestContext.Current.CancellationToken)
        );
        Assert.DoesNotContain("very-secret", string.Concat(programs.Calls) + output + errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_digest_the_push_has_failed()
    {
        using var programs = Buildah("latest");

        var (code, _, errors) = await PushAsync(programs);

        Assert.Equal(1, code);
        Assert.Equal("FAILED: the registry gave no digest\n", errors);
    }

    [Fact]
    public async Task Another_version_of_the_scanner_is_refused()
    {
        using var programs = new StandIns(("trivy", "echo 'Version: 0.1.0'"), ("buildah", ""));

        var (code, _, errors) = await programs.RunAsync("scan.sh", ["coffeebuddy:ci"], []);

        Assert.Equal(1, code);
        Assert.EndsWith("not 0.1.0\n", errors, StringComparison.Ordinal);
        Assert.Equal(["trivy --version"], programs.Calls);
    }

    [Theory]
    [InlineData("trivy fs")]
    [InlineData("trivy image")]
    public async Task What_the_scanner_finds_fails_the_step(string finding)
    {
        using var programs = new StandIns(("trivy", "echo 'Version: 0.65.0'"), ("buildah", ""));

        var (code, _, _) = await programs.RunAsync("scan.sh", ["coffeebuddy:ci"], [finding]);

        Assert.Equal(1, code);
        Assert.StartsWith(finding, programs.Calls[^1], StringComparison.Ordinal);
        Assert.Contains(" --exit-code 1 ", programs.Calls[^1], StringComparison.Ordinal);
    }

    private static StandIns Buildah(string digest) =>
        new(
            (
                "buildah",
                $$"""
                [[ $call != *" login "* ]] || cat >"$folder/stdin"
                while [ "$#" -gt 1 ]; do
                    [ "$1" != --digestfile ] || printf '%s' {{digest}} >"$2"
                    shift
                done
                """
            )
        );

    private static Task<(int Code, string Output, string Errors)> PushAsync(StandIns programs) =>
        programs.RunAsync("push.sh", ["coffeebuddy:ci", "registry.example.com/coffeebuddy", "1.2.3"], [], Login);
}
