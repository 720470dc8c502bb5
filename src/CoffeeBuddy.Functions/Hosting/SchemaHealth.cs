using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Migrations;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// Not ready while the schema is older than this worker, so that a rollout waits for its migration, or while the database
/// refuses the sessions of this worker, so that a rollout with wrong settings stops. Ready while the database is away:
/// the worker then answers 503 where it needs it. A worker that was ready once stays so: its settings are right.
/// </summary>
public sealed class SchemaHealth(Database database) : IHealthCheck
{
    private bool _upToDate;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (_upToDate)
            return HealthCheckResult.Healthy();
        try
        {
            _upToDate = await Migrator.IsUpToDateAsync(database, cancellationToken);
        }
        catch (DatabaseFailureException)
        {
            return database.Refusal is { } why
                ? HealthCheckResult.Unhealthy($"The database refuses the sessions of this worker: {why}")
                : HealthCheckResult.Healthy();
        }

        return _upToDate
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The database's schema is older than this worker: run its migrate command.");
    }
}
