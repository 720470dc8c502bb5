using System.Buffers.Text;
using System.Text.Json;

namespace CoffeeBuddy.Functions.Security;

/// <summary>Reads the JSON of a token and of its introspection: an object without duplicate names.</summary>
internal static class TokenJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="part">The header or the payload of a JWT, encoded.</param>
    /// <exception cref="InvalidTokenException">The part is no such JSON.</exception>
    public static JsonElement Decode(string part)
    {
        try
        {
            return Parse(Base64Url.DecodeFromChars(part));
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            throw new InvalidTokenException("it is no JWT");
        }
    }

    /// <exception cref="JsonException">The text is no such JSON.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new JsonException("It is not an object.");
            ReadTexts(root);
            return root.Clone();
        }
        catch (InvalidOperationException exception)
        {
            // Text that is not valid Unicode. Found here, so that it cannot fail later.
            throw new JsonException("It contains text that is not valid Unicode.", exception);
        }
    }

    /// <summary>The value of a JSON string; null for anything else.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static void ReadTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    ReadTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    ReadTexts(property.Value);
                }

                break;
        }
    }
}
