using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>From the start of the process until it is ready, and the memory of a worker without work, for each role.</summary>
internal sealed class StartRow() : Row("start")
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    public override async Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop)
    {
        List<Result> results = [];
        foreach (var role in (string[])[WorkerRoles.Http, WorkerRoles.Kafka, WorkerRoles.Timer])
        {
            List<double> ready = [];
            List<double> memory = [];
            for (var turn = 0; turn < Turns.Usual; turn++)
            {
                // The cluster in memory lets a member of a group that had members wait almost as long as a session.
                var group = new Dictionary<string, string?> { ["Kafka__ConsumerGroup"] = $"start-{turn}" };
                await using var worker = await lab.StartWorkerAsync(role, stop, group);
                ready.Add(worker.ReadyAfter.TotalSeconds);
                await Task.Delay(Idle, stop);
                memory.Add(worker.Memory);
            }

            results.Add(Result.Of($"{role} ready", "s", ready, Must.AtMost(0.5)));
            results.Add(Result.Of($"{role} idle memory", "MB", memory, Must.AtMost(90)));
        }

        return results;
    }
}
