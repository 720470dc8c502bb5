namespace CoffeeBuddy.Deployment;

/// <summary>The manifests of every set of values.</summary>
public sealed class RenderingTests(Chart chart)
{
    public static TheoryData<string> Sets => [.. Chart.Sets];

    public static MatrixTheoryData<string, string> SetsAndVersions => new(Chart.Sets, [Chart.Oldest, Chart.Current]);

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_manifests_are_those_that_were_reviewed(string set) =>
        Reviewed.Check(
            $"tests/CoffeeBuddy.Deployment/golden/{set}.yaml",
            // These files are reviewed where they are.
            chart[set]
                .Text.Replace(ChartFiles.Rules.Indented(2), "  …", StringComparison.Ordinal)
                .Replace(ChartFiles.Dashboard.Indented(4), "    …", StringComparison.Ordinal)
        );

    [Fact]
    public void The_charts_copies_of_other_files_are_up_to_date() =>
        Assert.All([ChartFiles.Rules, ChartFiles.Dashboard, ChartFiles.KongPlugins], static file => file.CheckCopy());

    [Theory]
    [MemberData(nameof(SetsAndVersions))]
    public void Helm_3_and_Helm_4_render_the_same(string set, string kubernetes) =>
        Assert.Equal(chart.Text(set, 3, kubernetes), chart.Text(set, 4, kubernetes));

    [Theory]
    [MemberData(nameof(SetsAndVersions))]
    public void Every_field_is_known_and_valid(string set, string kubernetes) =>
        Assert.Empty(chart[set, kubernetes].Faults);

    [Fact]
    public void An_unknown_field_or_a_wrong_value_is_found()
    {
        var faults = chart.FaultsOfBroken;

        Assert.Contains(faults, fault => fault.StartsWith("Deployment coffeebuddy-http: ", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("pollingInterval must be integer", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("ServiceMonitor coffeebuddy: ", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("VaultStaticSecret coffeebuddy: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Helm_finds_no_fault_in_the_chart(int helm)
    {
        foreach (var set in Chart.Sets)
        {
            var (code, output, _) = await NodeTools.HelmAsync(
                helm,
                ["lint", "--strict", Chart.Folder, .. Chart.ValuesOf(set)]
            );

            Assert.True(code == 0, $"{set}: {output}");
        }
    }

    [Fact]
    public async Task Two_releases_in_one_namespace_share_no_name()
    {
        var (_, other, _) = await NodeTools.HelmAsync(
            4,
            ["template", "second", Chart.Folder, .. Chart.ValuesOf("prod")]
        );

        var names = chart["prod"].Manifests.Select(manifest => $"  name: {manifest.Name()}\n").Distinct().ToList();
        Assert.Contains("  name: second-coffeebuddy-http\n", other, StringComparison.Ordinal);
        // The Secret that the operator writes is named by a value, not by the release.
        Assert.DoesNotContain(names, name => other.Contains($"\nmetadata:\n{name}", StringComparison.Ordinal));
    }
}
