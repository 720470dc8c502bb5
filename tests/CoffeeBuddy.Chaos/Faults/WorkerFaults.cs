using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Chaos.Faults;

/// <summary>Faults of worker processes: SIGKILL, SIGTERM, frozen, scaled out and in.</summary>
internal sealed class WorkerFaults(Workers workers)
{
    public IEnumerable<Fault> All()
    {
        foreach (
            var (role, target) in ((string, Target)[])
                [(WorkerRoles.Http, Target.Http), (WorkerRoles.Kafka, Target.Kafka), (WorkerRoles.Timer, Target.Timer)]
        )
        {
            yield return new(
                $"kill -9 of {role}",
                target,
                _ => workers.KillAsync(role),
                () => workers.StartAsync(role),
                0.1,
                3
            );
            yield return new(
                $"SIGTERM of {role}",
                target,
                _ => workers.StopAsync(role),
                () => workers.StartAsync(role),
                0.1,
                3
            );
            yield return new(
                $"{role} frozen",
                target,
                _ => Task.FromResult(workers.Signal(role, "STOP")),
                () => Task.FromResult(workers.Signal(role, "CONT")),
                0.5,
                4
            );
        }

        yield return new(
            "scale-out of kafka",
            Target.Scale,
            _ => workers.ScaleOutAsync(),
            () => Task.CompletedTask,
            0,
            0,
            Adds: 1
        );
        yield return new(
            "scale-in of kafka",
            Target.Scale,
            _ => workers.ScaleInAsync(kill: false),
            () => Task.CompletedTask,
            0,
            0,
            Adds: -1
        );
        yield return new(
            "kill -9 of an extra kafka",
            Target.Scale,
            _ => workers.ScaleInAsync(kill: true),
            () => Task.CompletedTask,
            0,
            0,
            Adds: -1
        );
    }
}
