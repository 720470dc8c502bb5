using System.Text.Json;
using System.Text.Json.Serialization;
using CoffeeBuddy.Core.Orders;

namespace CoffeeBuddy.Data.Runs;

/// <summary>
/// Reads and writes a drink in stored JSON. The serializer cannot build a drink, since its class computes one of its
/// properties.
/// </summary>
internal sealed class DrinkJsonConverter : JsonConverter<Drink>
{
    public override Drink Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var stored =
            JsonSerializer.Deserialize(ref reader, DataJson.Default.StoredDrink)
            ?? throw new JsonException("A drink is missing.");
        return new Drink(stored.DrinkType, stored.Size, stored.Customizations);
    }

    public override void Write(Utf8JsonWriter writer, Drink value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(
            writer,
            new StoredDrink(value.DrinkType, value.Size, [.. value.Customizations]),
            DataJson.Default.StoredDrink
        );
}

internal sealed record StoredDrink(string DrinkType, string Size, string[] Customizations);
