using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Benchmarks.Peers;

public static class HelloFunction
{
    [Function("Hello")]
    public static IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hello")] HttpRequest request
    ) => TypedResults.Text("Hello");
}
