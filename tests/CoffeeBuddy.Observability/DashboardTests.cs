using CoffeeBuddy.Observability.Support;

namespace CoffeeBuddy.Observability;

public sealed class DashboardTests
{
    [Fact]
    public async Task The_dashboard_has_Grafanas_types()
    {
        var node = await NodeFolder.InstallAsync("tests/CoffeeBuddy.Observability/node");
        using var check = node.Run("check.mjs", ("DASHBOARD", Deployed.DashboardFile));
        var errors = check.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var faults = await check.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("", faults + await errors);
        Assert.Equal(0, check.ExitCode);
    }
}
