using System.Globalization;
using SlackSimulator.Json;

namespace SlackSimulator.BlockKit;

/// <summary>The checks of Slack's client before it sends a submission to the app.</summary>
internal static class InputChecks
{
    /// <returns>The error message for each invalid input, by block_id; empty when the view can be submitted.</returns>
    public static JsonObject Check(JsonArray blocks, InputState state)
    {
        var errors = new JsonObject();
        foreach (var block in blocks.OfType<JsonObject>().Where(block => block["type"].Text() is "input"))
        {
            var element = block["element"]!.AsObject();
            var value = state.Get(block, element);
            var message = ElementValues.IsEmpty(value)
                ? block["optional"].IsTrue()
                    ? null
                    : "Please complete this required field."
                : Fault(element, ElementValues.Chosen(value));
            if (message is not null)
                errors[block["block_id"].Text()!] = message;
        }

        return errors;
    }

    private static string? Fault(JsonObject element, JsonNode? value) =>
        element["type"].Text() switch
        {
            "plain_text_input" => TextFault(element, value.Text() ?? ""),
            "number_input" => NumberFault(element, value.Text() ?? ""),
            "email_text_input" => value.Text() is { } mail
            && mail.IndexOf('@', StringComparison.Ordinal) is > 0 and var at
            && at < mail.Length - 1
                ? null
                : "Enter a valid email address.",
            "url_text_input" => Uri.TryCreate(value.Text(), UriKind.Absolute, out _) ? null : "Enter a valid URL.",
            "multi_static_select"
            or "multi_external_select"
            or "multi_users_select"
            or "multi_channels_select"
            or "multi_conversations_select"
                when element["max_selected_items"] is { } max
                    && value is JsonArray chosen
                    && chosen.Count > max.GetValue<int>() => $"You can select up to {max} items.",
            _ => null,
        };

    private static string? TextFault(JsonObject element, string text)
    {
        var length = Checks.Length(text);
        var min = element["min_length"]?.GetValue<int>() ?? 0;
        var max = element["max_length"]?.GetValue<int>() ?? 3000;
        if (length < min)
            return $"Enter at least {min} characters.";
        return length > max ? $"Enter no more than {max} characters." : null;
    }

    private static string? NumberFault(JsonObject element, string text)
    {
        if (!decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number))
            return "Enter a number.";
        if (!element["is_decimal_allowed"].IsTrue() && number != decimal.Truncate(number))
            return "Enter a whole number.";
        if (Bound(element, "min_value") is { } min && number < min)
            return $"Enter a number of at least {min}.";
        return Bound(element, "max_value") is { } max && number > max ? $"Enter a number of at most {max}." : null;
    }

    private static decimal? Bound(JsonObject element, string name) =>
        decimal.TryParse(element[name].Text(), NumberStyles.Number, CultureInfo.InvariantCulture, out var bound)
            ? bound
            : null;
}
