namespace CoffeeBuddy.Core.Orders;

/// <summary>
/// Reads a reply in a run's thread: "large latte, oat milk", "make that a flat white", "no sugar", "cancel my order". Text
/// changes something only when every word of it is understood and it can be read in one way. What is about an order
/// and is not clear is asked back; everything else is conversation.
/// </summary>
public static class OrderReplyText
{
    /// <summary>Longer text is conversation, unless it is an order word for word.</summary>
    private const int MaxWords = 20;

    /// <returns>Null for conversation.</returns>
    public static OrderReply? Read(string text, Menu menu)
    {
        if (OrderText.TryParse(text, menu, out var drink))
            return new OrderReply.Change(DrinkChange.To(drink));
        // Mentions and links: it is about somebody or something else.
        if (text.Contains("<@", StringComparison.Ordinal) || text.Contains("<!", StringComparison.Ordinal))
            return null;
        var words = ReplyWords.Split(text);
        if (words.Count is 0 or > MaxWords)
            return null;
        var isQuestion = text.Contains('?', StringComparison.Ordinal);
        return ReplyWords.ReadWithoutDrink(words, isQuestion) ?? new ReplyReader(words, menu, isQuestion).Read();
    }
}
