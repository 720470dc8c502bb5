using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Logging;
using OnPremFunctions;

namespace CoffeeBuddy.Benchmarks.Peers;

/// <summary>The programs that something is compared with, and trivial functions on OnPremFunctions.</summary>
internal static class PeerCommand
{
    public const string RawKestrel = "kestrel";
    public const string MinimalApi = "minimal-api";
    public const string Function = "function";
    public const string Loop = "consume-loop";
    public const string SingleFunction = "consume-function";
    public const string BatchFunction = "consume-batches";

    public static async Task<int> RunAsync(string peer, string[] args)
    {
        switch (peer)
        {
            case RawKestrel:
                await ServeRawAsync();
                break;
            case MinimalApi:
                await ServeMinimalApiAsync();
                break;
            case Function:
                var builder = Functions(typeof(HelloFunction));
                await builder.BuildOnPremHost().RunAsync();
                break;
            case Loop:
                ConsumeLoop.Run(new(args));
                break;
            case SingleFunction:
                await CountingFunctions.RunAsync(typeof(SingleFunction), new(args));
                break;
            case BatchFunction:
                await CountingFunctions.RunAsync(typeof(BatchFunction), new(args));
                break;
            default:
                await Console.Error.WriteLineAsync($"There is no {peer}.");
                return 2;
        }

        return 0;
    }

    /// <summary>A functions host with the host.json of this folder: the worker's lies beside the assembly.</summary>
    public static FunctionsApplicationBuilder Functions(Type functions, params string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.Environment.ContentRootPath = Path.Combine(AppContext.BaseDirectory, "Peers");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        return builder.UseFunctionsFrom(functions);
    }

    /// <summary>Reads the body and answers 200, without routing.</summary>
    private static async Task ServeRawAsync()
    {
        await using var app = WebApplication.CreateEmptyBuilder(new()).Kestrel().Build();
        app.Run(static async http =>
        {
            var reader = http.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync();
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            http.Response.ContentLength = 0;
        });
        await app.RunAsync();
    }

    private static WebApplicationBuilder Kestrel(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrelCore().UseUrls(Environment.GetEnvironmentVariable("ASPNETCORE_URLS")!);
        return builder;
    }

    private static async Task ServeMinimalApiAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        await using var app = builder.Build();
        app.MapGet("/hello", static () => TypedResults.Text("Hello"));
        await app.RunAsync();
    }
}
