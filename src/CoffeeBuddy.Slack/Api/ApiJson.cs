using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CoffeeBuddy.Slack.Api;

/// <summary>The Web API's requests and responses as JSON: snake_case, without null values.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(MessageRequest))]
[JsonSerializable(typeof(ViewRequest))]
[JsonSerializable(typeof(OpenConversationRequest))]
[JsonSerializable(typeof(ApiResponse))]
[JsonSerializable(typeof(MessageResponse))]
[JsonSerializable(typeof(MessageMetadata))]
[JsonSerializable(typeof(HistoryResponse))]
[JsonSerializable(typeof(ViewCallResponse))]
[JsonSerializable(typeof(UserResponse))]
[JsonSerializable(typeof(DoNotDisturbResponse))]
[JsonSerializable(typeof(MembersResponse))]
[JsonSerializable(typeof(SocketResponse))]
[JsonSerializable(typeof(UploadUrlResponse))]
[JsonSerializable(typeof(CompleteUploadRequest))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    public static HttpContent Content<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return content;
    }
}
