using CoffeeBuddy.Sandbox.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

var asked = args.FirstOrDefault();
switch (asked is not null && asked == Environment.GetEnvironmentVariable("PROBE_FAILS_AS") ? "fails" : asked)
{
    case "fails":
        Console.WriteLine("looking for the database");
        Console.Error.WriteLine("there is no database");
        return 3;
    case "greets":
        Console.WriteLine($"hello {Environment.GetEnvironmentVariable("GREETED")}");
        return 0;
    case "migrate":
        return 0;
    case "runs-postgres":
        await using (var server = await EmbeddedPostgres.StartAsync())
            Console.WriteLine($"ran as {Environment.UserName}");
        return 0;
    case "owns-postgres":
        var postgres = await EmbeddedPostgres.StartAsync();
        Console.WriteLine(postgres.ConnectionString);
        break;
}

await ServeAsync(ready: asked != "never-ready");
if (asked == "deaf")
    await Task.Delay(Timeout.Infinite); // Ignores SIGTERM.
return 0;

static Task ServeAsync(bool ready)
{
    var app = WebApplication.CreateSlimBuilder().Build();
    app.MapGet(
        "/healthz/ready",
        () => ready ? Results.Text("ready") : Results.Text("Kafka is missing", statusCode: 503)
    );
    app.MapGet("/environment/{name}", (string name) => Environment.GetEnvironmentVariable(name));
    return app.RunAsync();
}
