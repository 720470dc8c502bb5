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
            Slack = Workspace,
            Settings = new Dictionary<string, string?>
            {
                ["CoffeeBuddy__Admins__0"] = Admin,
                // Workspaces that tests name beside the simulated one.
                ["CoffeeBuddy__Workspaces__1"] = "T1",
                ["CoffeeBuddy__Workspaces__2"] = "T2",
            },
        }
    )
{
    private const int People = 900;
    private const int Channels = 400;

    private static int s_people;
    private static int s_channels;

    /// <summary>An admin in the configuration.</summary>
    public const string Admin = "U0CONFIGURED";

    // Everybody is a member of every channel. Not limited: each test has people and channels of its own.
    private static SlackSimulator.SimulatorOptions Workspace
    {
        get
        {
            var slack = new SandboxOptions().Slack;
            return slack with
            {
                RateLimits = false,
                People =
                [
                    .. slack.People,
                    new("Boss", Id: Admin),
                    .. Enumerable
                        .Range(0, People)
                        .Select(number => new SlackSimulator.PersonOptions($"Member{number}", Id: UserId(number))),
                ],
                Channels =
                [
                    .. slack.Channels,
                    .. Enumerable
                        .Range(0, Channels)
                        .Select(number => new SlackSimulator.ChannelOptions($"room{number}", Id: ChannelId(number))),
                ],
            };
        }
    }

    /// <summary>A person of the workspace whom no other test uses.</summary>
    public static new string NewUser() =>
        Interlocked.Increment(ref s_people) is var number and < People
            ? UserId(number)
            : throw new InvalidOperationException($"The tests need more than {People} people.");

    /// <summary>A channel that no other test uses, with everybody as a member.</summary>
    public static new string NewChannel() =>
        Interlocked.Increment(ref s_channels) is var number and < Channels
            ? ChannelId(number)
            : throw new InvalidOperationException($"The tests need more than {Channels} channels.");

    private static string UserId(int number) => $"U0MEMBER{number:D4}";

    private static string ChannelId(int number) => $"C0ROOM{number:D4}";
}
