using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Triggers.Api;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>
/// The document describes the API. <see cref="ApiClient"/> checks every answer of every test against it.
/// </summary>
public sealed partial class OpenApiTests(ApiOffice office)
{
    [Fact]
    public async Task The_worker_serves_the_committed_document()
    {
        var answer = (await office.Api.GetAsync("openapi.json", token: null)).Is(200);

        Assert.Equal("application/json", answer.MediaType);
        Assert.Equal(
            await File.ReadAllTextAsync(
                Repository.File("src", "CoffeeBuddy.Functions", "Triggers", "Api", "openapi.json"),
                TestContext.Current.CancellationToken
            ),
            answer.Text
        );
    }

    [Fact]
    public void The_document_has_exactly_the_functions_of_the_API()
    {
        var served = typeof(CreateRun)
            .Assembly.GetTypes()
            .SelectMany(type =>
                type.GetMethods(
                    BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly
                )
            )
            .Select(method =>
                (
                    method.GetCustomAttribute<FunctionAttribute>()?.Name,
                    Trigger: method
                        .GetParameters()
                        .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
                        .FirstOrDefault(trigger => trigger is not null)
                )
            )
            .Where(function =>
                function.Name is not null
                && function.Trigger?.Route?.StartsWith("api/", StringComparison.Ordinal) == true
            )
            .SelectMany(function =>
                function.Trigger!.Methods!.Select(method =>
                    $"{function.Name}: {method} /{Constraint().Replace(function.Trigger.Route!, "}")}"
                )
            );
        var described = OpenApi.Document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject()
                    .Select(operation => $"{operation.Value!["operationId"]}: {operation.Key} {path.Key}")
            );

        Assert.Equal(served.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("CreateRunRequest", typeof(CreateRunRequest))]
    [InlineData("AddOrderRequest", typeof(AddOrderRequest))]
    [InlineData("CloseRunRequest", typeof(CloseRunRequest))]
    [InlineData("Run", typeof(RunResource))]
    [InlineData("RunList", typeof(RunList))]
    [InlineData("Order", typeof(OrderResource))]
    [InlineData("Preference", typeof(PreferenceResource))]
    [InlineData("PreferenceList", typeof(PreferenceList))]
    public void A_schema_has_the_properties_of_its_contract(string schema, Type contract)
    {
        var properties = ApiJson.Default.GetTypeInfo(contract)!.Properties.Select(property => property.Name);
        var described = OpenApi.Schema(schema)["properties"]!.AsObject().Select(property => property.Key);

        Assert.Equal(properties.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Run", typeof(RunResource))]
    [InlineData("RunList", typeof(RunList))]
    [InlineData("Order", typeof(OrderResource))]
    [InlineData("Preference", typeof(PreferenceResource))]
    [InlineData("PreferenceList", typeof(PreferenceList))]
    public void Properties_that_are_never_null_are_required(string schema, Type contract)
    {
        var nullability = new NullabilityInfoContext();
        var always = contract
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => nullability.Create(property).ReadState == NullabilityState.NotNull)
            .Select(property => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));

        Assert.Equal(always.Order(StringComparer.Ordinal), Required(schema));
    }

    [Fact]
    public void The_limits_are_those_of_the_order_rules()
    {
        var order = OpenApi.Schema("AddOrderRequest")["properties"]!;

        Assert.Equal(Drink.MaxDrinkTypeLength, (int?)order["drink_type"]!["maxLength"]);
        Assert.Equal(Drink.MaxSizeLength, (int?)order["size"]!["maxLength"]);
        Assert.Equal(Drink.MaxCustomizations, (int?)order["customizations"]!["maxItems"]);
        Assert.Equal(Drink.MaxCustomizationLength, (int?)order["customizations"]!["items"]!["maxLength"]);
        Assert.Equal(Order.MaxNoteLength, (int?)order["note"]!["maxLength"]);
        Assert.Equal(768 * 1024, RequestBody.MaxBytes);
        Assert.Equal(
            Enum.GetNames<RunStatus>().Select(name => name.ToLowerInvariant()),
            OpenApi.Schema("RunStatus")["enum"]!.AsArray().Select(status => (string)status!)
        );
    }

    [Fact]
    public void Every_reference_has_a_target() =>
        Assert.All(
            Reference().Matches(OpenApi.Document.ToJsonString()),
            reference => Assert.NotNull(OpenApi.Document["components"]!["schemas"]![reference.Groups["schema"].Value])
        );

    private static IEnumerable<string> Required(string schema) =>
        OpenApi.Schema(schema)["required"]!.AsArray().Select(name => (string)name!).Order(StringComparer.Ordinal);

    [GeneratedRegex(":[a-z]+}", RegexOptions.None, 1000)]
    private static partial Regex Constraint();

    [GeneratedRegex("\"\\$ref\":\"#/components/schemas/(?<schema>[A-Za-z]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();
}
