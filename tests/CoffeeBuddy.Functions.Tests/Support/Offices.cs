using CoffeeBuddy.Functions.Tests;
using CoffeeBuddy.Sandbox;
using Xunit.Sdk;

[assembly: AssemblyFixture(typeof(ApiOffice))]
[assembly: RecoverOffice]
// Not parallel: tests compare counts of rows and metrics.
[assembly: Xunit.v3.Parallelization(Mode = ParallelMode.None)]

namespace CoffeeBuddy.Functions.Tests;

/// <summary>
/// A sandbox with only the http worker: nothing changes except by the requests of the test. Events stay in Kafka.
/// </summary>
public sealed class ApiOffice()
    : Office(
        new SandboxOptions
        {
            Roles = [WorkerRoles.Http],
            Settings = new Dictionary<string, string?> { ["CoffeeBuddy__Admins__0"] = Admin },
        }
    )
{
    /// <summary>An admin in the configuration.</summary>
    public const string Admin = "U0CONFIGURED";
}
