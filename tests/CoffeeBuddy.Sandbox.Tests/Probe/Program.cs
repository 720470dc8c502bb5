using System.Runtime.InteropServices;
using CoffeeBuddy.Sandbox.Parts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

switch (args.FirstOrDefault())
{
    case "fails":
        Console.WriteLine("looking for the database");
        Console.Error.WriteLine("there is no database");
        return 3;
    case "greets":
        Console.WriteLine($"hello {Environment.GetEnvironmentVariable("GREETED")}");
        return 0;
    case "owns-postgres":
        var postgres = await EmbeddedPostgres.StartAsync();
        Console.WriteLine(postgres.ConnectionString);
        break;
    case "deaf":
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        await ServeAsync(ready: true).WaitAsync(Timeout.InfiniteTimeSpan);
        await Task.Delay(Timeout.Infinite);
        break;
}

await ServeAsync(ready: args.FirstOrDefault() != "never-ready");
return 0;

static Task ServeAsync(bool ready)
{
    var app = WebApplication.CreateSlimBuilder().Build();
    app.MapGet("/healthz/ready", () => ready ? Results.Text("ready") : Results.Text("Kafka is missing", statusCode: 503));
    return app.RunAsync();
}
