using System.Text.Json;
using System.Text.Json.Serialization;
using CoffeeBuddy.Core.Orders;

namespace CoffeeBuddy.Data.Runs;

/// <summary>A drink in stored JSON; its class derives one of its properties, so that the serializer cannot build it alone.</summary>
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
