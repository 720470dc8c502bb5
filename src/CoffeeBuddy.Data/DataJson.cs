using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Data;

/// <summary>The JSON that is stored: snake_case, without nulls.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(DrinkJsonConverter)]
)]
[JsonSerializable(typeof(EventData))]
[JsonSerializable(typeof(AuditPayload))]
[JsonSerializable(typeof(StoredDrink))]
[JsonSerializable(typeof(OpenedRun))]
[JsonSerializable(typeof(OrderResult))]
[JsonSerializable(typeof(Reckoning))]
[JsonSerializable(typeof(ReasonParts))]
[JsonSerializable(typeof(Comparison))]
[JsonSerializable(typeof(MenuDocument))]
[JsonSerializable(typeof(SoldOut))]
internal sealed partial class DataJson : JsonSerializerContext;

/// <summary>
/// The column <c>customizations</c>: a JSON array of strings, without escapes for letters ("Café", not "Caf\u00E9").
/// </summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class CustomizationsJson : JsonSerializerContext
{
    private static readonly CustomizationsJson Readable = new(
        new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    );

    public static string Write(IEnumerable<string> customizations) =>
        JsonSerializer.Serialize([.. customizations], Readable.StringArray);

    public static string[] Read(string json) => JsonSerializer.Deserialize(json, Readable.StringArray) ?? [];
}
