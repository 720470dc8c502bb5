using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Chaos.Faults;

/// <summary>What happens to processes: killed, asked to end, frozen, scaled out and in.</summary>
internal sealed class WorkerFaults(Workers workers)
{
    public IEnumerable<Fault> All()
    {
        foreach (var (role, target, weight) in ((string, Target, int)[])[(WorkerRoles.Http, Target.Http, 2), (WorkerRoles.Kafka, Target.Kafka, 5), (WorkerRoles.Timer, Target.Timer, 2)])
        {
            yield return new($"kill -9 of {role}", target, weight, _ => workers.KillAsync(role), () => workers.StartAsync(role), 0.1, 3);
            yield return new($"SIGTERM of {role}", target, weight, _ => workers.StopAsync(role), () => workers.StartAsync(role), 0.1, 3);
            yield return new($"{role} frozen", target, 1, _ => workers.SignalAsync(role, "STOP"), () => workers.SignalAsync(role, "CONT"), 0.5, 4);
        }

        yield return new("scale-out of kafka", Target.Scale, 4, _ => workers.ScaleOutAsync(), () => Task.CompletedTask, 0, 0);
        yield return new("scale-in of kafka", Target.Scale, 3, _ => workers.ScaleInAsync(kill: false), () => Task.CompletedTask, 0, 0);
        yield return new("kill -9 of an extra kafka", Target.Scale, 2, _ => workers.ScaleInAsync(kill: true), () => Task.CompletedTask, 0, 0);
    }
}
