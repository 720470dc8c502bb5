namespace CoffeeBuddy.Observability.Support;

/// <summary>The program that comes with Prometheus and checks rules.</summary>
internal static class Promtool
{
    /// <summary>Runs it; fails with its output when its exit code is not 0.</summary>
    public static async Task RunAsync(params string[] arguments)
    {
        await using var promtool = ChildProcess.Start(new("promtool", PrometheusServer.Find("promtool"), arguments));
        var code = await promtool.Exited.WaitAsync(Guard.Timeout, TestContext.Current.CancellationToken);
        Assert.True(code == 0, string.Join('\n', promtool.Log.Lines));
    }
}
