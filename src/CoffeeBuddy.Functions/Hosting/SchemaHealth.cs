using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Migrations;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// Not ready while the schema is older than this worker: a rollout waits for its migration. A database that is away is no
/// reason, since the worker goes on without it as far as it can.
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
            return HealthCheckResult.Healthy();
        }

        return _upToDate
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The database's schema is older than this worker: run its migrate command.");
    }
}
