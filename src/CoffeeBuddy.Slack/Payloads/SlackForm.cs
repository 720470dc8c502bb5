using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>The body of a form that Slack posts: <c>application/x-www-form-urlencoded</c>.</summary>
public static class SlackForm
{
    /// <summary>
    /// The fields by name. Of a repeated field the first value counts. A body that is no form has no fields.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Parse(ReadOnlySpan<byte> body) =>
        QueryHelpers
            .ParseQuery(Encoding.UTF8.GetString(body))
            .ToDictionary(field => field.Key, field => field.Value.Count > 0 ? field.Value[0] ?? "" : "");
}
