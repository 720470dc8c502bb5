using System.Reflection;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Screenshots;
using Support.Browser;

var folder = typeof(Photographer)
    .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
    .Single(attribute => attribute.Key == "Pictures")
    .Value!;
Console.WriteLine("Starting the sandbox.");
await using var sandbox = await SandboxHost.StartAsync();
using var playwright = await Playwright.CreateAsync();
await using var browser = await SystemChromium.LaunchAsync(playwright);
foreach (var picture in await new Photographer(browser, sandbox.Slack.BaseAddress, folder).TakeAllAsync())
    Console.WriteLine($"{picture} ({new FileInfo(picture).Length / 1024} KiB)");
