using System.CommandLine;
using CoffeeBuddy.Screenshots;
using CoffeeBuddy.Screenshots.Dashboard;

var folder = Directory.CreateDirectory(Repository.File("docs", "screenshots")).FullName;
var dashboard = new Command(
    "dashboard",
    "Takes those of the dashboard, drawn from what Prometheus scrapes in five minutes of a simulated office"
);
dashboard.SetAction(async (_, stop) => Print(await DashboardPhotographer.TakeAllAsync(folder, stop)));
var command = new RootCommand("Takes the screenshots of the documentation: without a command those of a coffee run")
{
    dashboard,
};
command.SetAction(async (_, stop) => Print(await Photographer.TakeAllAsync(folder, stop)));
return await command.Parse(args).InvokeAsync();

static void Print(IEnumerable<string> pictures)
{
    foreach (var picture in pictures)
        Console.WriteLine($"{picture} ({new FileInfo(picture).Length / 1024} KiB)");
}
