using System.Runtime.ExceptionServices;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>Messages of one run that do not depend on each other.</summary>
internal static class Steps
{
    /// <summary>
    /// Does one step after the other, also when one of them fails: a thread that cannot be posted in must not keep the
    /// runner from being told.
    /// </summary>
    /// <exception cref="AggregateException">Several steps failed. When one failed, its exception is thrown.</exception>
    public static async Task RunAsync(params Func<Task>[] steps)
    {
        List<Exception> failures = [];
        foreach (var step in steps)
        {
            try
            {
                await step();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                failures.Add(exception);
            }
        }
        ThrowIfAny(failures);
    }

    /// <exception cref="AggregateException">There are several failures. A single one is thrown as it is.</exception>
    public static void ThrowIfAny(IReadOnlyCollection<Exception> failures)
    {
        if (failures.Count == 1)
            ExceptionDispatchInfo.Throw(failures.Single());
        if (failures.Count > 0)
            throw new AggregateException(failures);
    }
}
