using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Functions.Triggers.Slack;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary><c>POST /api/v1/runs/{run_id}/orders</c>: 201 with the order, or 200 when it replaced one's earlier order.</summary>
public sealed class AddOrder(RunStore runs, EventPublisher publisher, WorkerMetrics metrics)
{
    [Function(nameof(AddOrder))]
    [BearerToken]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/runs/{runId}/orders")] HttpRequest request,
        string runId,
        FunctionContext context
    )
    {
        var (body, bytes) = await request.ReadJsonAsync(ApiJson.Default.AddOrderRequest, context.CancellationToken);
        var errors = OrderRules.Validate(body.DrinkType, body.Size, body.Customizations, body.Note);
        if (errors.Count > 0)
        {
            metrics.OrderTaken("invalid");
            throw ApiRequest.Invalid(
                "Some fields are missing or wrong.",
                errors
                    .GroupBy(error => NameOf(error.Field))
                    .ToDictionary(group => group.Key, group => group.Select(error => error.Message).ToArray())
            );
        }

        var caller = context.Caller();
        var drink = new Drink(body.DrinkType!, body.Size!, body.Customizations);
        var result = await runs.PlaceOrderAsync(
            new(
                ApiRequest.RunId(runId),
                caller.ActingUser(body.UserId),
                null,
                drink,
                body.Note,
                SlackAnswers.TraceParent,
                request.IdempotencyKey(caller, bytes)
            ),
            context.CancellationToken
        );
        await publisher.PublishAsync(result.Events, context.CancellationToken);
        if (!result.Replayed)
            metrics.OrderTaken(result.Outcome.ToString().ToLowerInvariant());
        if (result.Outcome == OrderOutcome.RunNotFound)
            throw ApiRequest.RunNotFound();
        if (result.Outcome == OrderOutcome.RunClosed)
            throw ApiRequest.RunIsOver(result.Run!);
        var created = result.Outcome == OrderOutcome.Placed;
        return Results
            .Json(
                OrderResource.From(result.Order!),
                ApiJson.Default.OrderResource,
                statusCode: created ? StatusCodes.Status201Created : StatusCodes.Status200OK
            )
            .WithLocation($"/api/v1/runs/{result.Order!.RunId}", created);
    }

    private static string NameOf(OrderField field) =>
        field switch
        {
            OrderField.DrinkType => "drink_type",
            OrderField.Size => "size",
            OrderField.Customizations => "customizations",
            _ => "note",
        };
}
