using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>
/// <c>POST /api/v1/runs/{run_id}/orders</c>: 201 with the order, or 200 when it replaced an earlier one.
/// </summary>
public sealed class AddOrder(RunActions actions, RunStore runs, Permissions permissions)
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
        var errors = actions.Validate(body.DrinkType, body.Size, body.Customizations, body.Note);
        if (errors.Count > 0)
            throw ApiRequest.InvalidFields(
                errors
                    .GroupBy(error => NameOf(error.Field))
                    .ToDictionary(group => group.Key, group => group.Select(OrderModal.TextOf).ToArray())
            );

        var caller = context.Caller();
        var actor = permissions.OfCaller(caller, body.UserId);
        var userId = Permissions.PersonOf(actor);
        var id = ApiRequest.RunId(runId);
        var details = await runs.GetAsync(id, context.CancellationToken);
        await permissions.RequireAsync(actor, Operation.PlaceOrder, details, context.CancellationToken);
        var result = await actions.OrderAsync(
            new(
                id,
                userId,
                DisplayName: null,
                new Drink(body.DrinkType!, body.Size!, body.Customizations),
                body.Note,
                IdempotencyKey: request.IdempotencyKey(caller, bytes)
            )
        );
        return result.Outcome switch
        {
            OrderOutcome.RunNotFound => throw Permissions.RunNotFound(),
            OrderOutcome.RunnerLeft => throw ApiRequest.RunnerHasLeft(),
            OrderOutcome.RunClosed => throw ApiRequest.RunIsOver(result.Run!),
            OrderOutcome.NotOffered => throw ApiRequest.InvalidFields(
                new Dictionary<string, string[]>
                {
                    [NameOf(result.Refusal!.Field)] = [MenuTexts.Refusal(result.Refusal)],
                }
            ),
            OrderOutcome.Placed => Answer(result.Order!, StatusCodes.Status201Created)
                .WithLocation($"/api/v1/runs/{result.Order!.RunId}"),
            _ => Answer(result.Order!, StatusCodes.Status200OK),
        };
    }

    private static JsonHttpResult<OrderResource> Answer(Order order, int status) =>
        TypedResults.Json(OrderResource.From(order), ApiJson.Default.OrderResource, statusCode: status);

    private static string NameOf(OrderField field) =>
        field switch
        {
            OrderField.DrinkType => "drink_type",
            OrderField.Size => "size",
            OrderField.Customizations => "customizations",
            _ => "note",
        };
}
