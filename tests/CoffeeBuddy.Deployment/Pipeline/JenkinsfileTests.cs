using System.Text.RegularExpressions;

namespace CoffeeBuddy.Deployment.Pipeline;

/// <summary>The Jenkinsfile, and the scripts that are its steps.</summary>
public sealed partial class JenkinsfileTests
{
    private static readonly string Text = File.ReadAllText(Repository.File("Jenkinsfile"));

    public static TheoryData<string> Scripts =>
        [.. Directory.GetFiles(Repository.File("ci"), "*.sh").Select(file => $"ci/{Path.GetFileName(file)}")];

    [Fact]
    public void Its_stages_lead_from_the_tests_to_production()
    {
        Assert.Equal(
            [
                "Build",
                "Restore, build, test",
                "Bill of materials",
                "Chart lint and schema",
                "Image",
                "Scan",
                "Push",
                "Deploy to dev",
                "Deploy to test",
                "Deploy to prod",
            ],
            Stage().Matches(Text).Select(stage => stage.Groups["name"].Value)
        );
    }

    [Fact]
    public void Its_steps_are_scripts_that_exist_and_can_be_run()
    {
        var steps = Step().Matches(Text).Select(step => step.Groups["script"].Value).ToList();

        Assert.Equal(
            ["ci/deploy.sh", "./test.sh", "ci/sbom.sh", "ci/chart.sh", "ci/image.sh", "ci/scan.sh", "ci/push.sh"],
            steps
        );
        Assert.Equal(steps.Count, Text.Split("sh '").Length - 1);
        Assert.All(
            steps,
            step =>
                Assert.True(
                    OperatingSystem.IsWindows()
                        || File.GetUnixFileMode(Repository.File(step)).HasFlag(UnixFileMode.UserExecute),
                    $"{step} cannot be run"
                )
        );
    }

    [Fact]
    public void Only_production_waits_for_an_approval_and_holds_no_agent_meanwhile()
    {
        var stages = Text.Split("stage('");

        var asking = Assert.Single(stages, stage => stage.Contains("input {", StringComparison.Ordinal));
        Assert.StartsWith("Deploy to prod'", asking, StringComparison.Ordinal);
        Assert.Contains("submitter '", asking, StringComparison.Ordinal);
        Assert.Contains("\n    agent none\n", Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_leaves_the_building_agent_comes_from_the_main_branch()
    {
        Assert.All(
            Text.Split("stage('")
                .Where(stage =>
                    stage.StartsWith("Push", StringComparison.Ordinal)
                    || stage.StartsWith("Deploy", StringComparison.Ordinal)
                ),
            stage => Assert.Contains("branch 'main'", stage, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Secrets_come_from_Vault()
    {
        Assert.Contains("withVault(", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("credentials(", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("withCredentials", Text, StringComparison.Ordinal);
        // A secret in a string of Groovy would be in the arguments of the shell.
        Assert.DoesNotContain(" sh \"", Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_script_is_valid_strict_and_says_how_it_is_called(string script)
    {
        var (code, _, errors) = await Programs.RunAsync("bash", ["-n", script]);

        Assert.True(code == 0, errors);
        var text = await File.ReadAllTextAsync(Repository.File(script), TestContext.Current.CancellationToken);
        Assert.StartsWith("#!/usr/bin/env bash\n# ", text, StringComparison.Ordinal);
        Assert.Contains("\nset -euo pipefail\n", text, StringComparison.Ordinal);
        Assert.Contains($"\n#   {script}", text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"stage\('(?<name>[^']+)'\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Stage();

    [GeneratedRegex(@"sh '(?<script>[^ ']+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Step();
}
