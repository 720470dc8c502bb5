using CoffeeBuddy.Sandbox;
using SlackSimulator;

namespace CoffeeBuddy.EndToEnd.Support;

/// <summary>
/// An Enterprise Grid workspace with the app installed on the organization. It enforces Slack's rate limits, and order
/// window and reminder delay are seconds.
/// </summary>
public sealed class GridOffice()
    : WholeOffice(
        InOneWorker(
            new SandboxOptions
            {
                Slack = Workspace with { Enterprise = new EnterpriseOptions(OrgInstall: true) },
                Settings = new Dictionary<string, string?>
                {
                    ["Sweep__Schedule"] = "* * * * * *",
                    ["CoffeeBuddy__OrderWindow"] = "00:00:03",
                    ["CoffeeBuddy__ReminderDelay"] = "00:00:02",
                },
            }
        )
    )
{
    protected override char UserPrefix => 'W';
}
