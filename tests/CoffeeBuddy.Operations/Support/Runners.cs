namespace CoffeeBuddy.Operations.Support;

internal static class Runners
{
    /// <summary>Waits until the run has a runner, and returns their user id.</summary>
    public static async Task<string> RunnerAsync(this Office office, string run)
    {
        string? runner = null;
        await Eventually.TrueAsync(
            async () =>
                (
                    runner = await office.Rows.GetAsync<string?>(
                        "SELECT runner_user_id FROM coffee_runs WHERE run_id = @run::uuid",
                        new { run }
                    )
                )
                    is not null,
            "a runner is assigned"
        );
        return runner!;
    }
}
