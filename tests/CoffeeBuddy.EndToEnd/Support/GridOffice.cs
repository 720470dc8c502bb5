using CoffeeBuddy.Sandbox;
using SlackSimulator;

namespace CoffeeBuddy.EndToEnd.Support;

/// <summary>
/// An Enterprise Grid workspace whose app is installed on the whole organisation, as strict about its rates as Slack's
/// documentation, and with durations of seconds.
/// </summary>
public sealed class GridOffice : Office
{
    protected override SandboxOptions Options =>
        new()
        {
            Slack = Workspace() with { Enterprise = new EnterpriseOptions(OrgInstall: true) },
            Settings = new Dictionary<string, string?>
            {
                ["Sweep__Schedule"] = "* * * * * *",
                ["CoffeeBuddy__OrderWindow"] = "00:00:03",
                ["CoffeeBuddy__ReminderDelay"] = "00:00:02",
            },
        };

    protected override string PersonPrefix => "W";
}
