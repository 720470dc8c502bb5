using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>The body of a form that Slack posts: <c>application/x-www-form-urlencoded</c>.</summary>
public static class SlackForm
{
    /// <summary>
    /// The fields by name. Of a repeated field the first value counts. A body that is no form has no fields.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Parse(ReadOnlySpan<byte> body)
    {
        Dictionary<string, string> fields = [];
        foreach (var field in new QueryStringEnumerable(Encoding.UTF8.GetString(body)))
            fields.TryAdd(field.DecodeName().ToString(), field.DecodeValue().ToString());
        return fields;
    }
}
