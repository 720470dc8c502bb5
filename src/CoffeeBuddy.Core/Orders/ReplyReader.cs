namespace CoffeeBuddy.Core.Orders;

/// <summary>One pass over the words of a reply.</summary>
internal sealed class ReplyReader(IReadOnlyList<string> words, Menu menu, bool isQuestion)
{
    /// <summary>A text with more unknown words is conversation.</summary>
    private const int MaxUnknown = 2;

    /// <summary>The same for a text that begins as a change of an order.</summary>
    private const int MaxUnknownInChange = 4;

    private readonly List<MenuWords> _wanted = [];
    private readonly List<MenuWords> _unwanted = [];
    private readonly List<string> _unknown = [];
    private readonly List<string> _offMenu = [];
    private int _at;
    private bool _asksPolitely;
    private bool _isChange;
    private bool _isSame;
    private bool _replaces;
    private bool _isUnclear;
    private int _begin;

    public OrderReply? Read()
    {
        ReadBeginning();
        ReadRest();
        var named = _wanted.Count + _unwanted.Count;
        if (_unknown.Count > 0 || _offMenu.Count > 0)
            return IsAboutOrder(named) ? NotOnMenu() : null;
        if (named == 0)
            return null;
        return (OrderReply?)Contradiction() ?? new OrderReply.Change(Change());
    }

    private void ReadBeginning()
    {
        for (int length; ; _at += length)
        {
            length = At(ReplyWords.Pause) ? 1 : ReplyWords.Match(words, _at, ReplyWords.Openings);
            if (length == 0)
                break;
            _asksPolitely |= ReplyWords.Match(words, _at, ReplyWords.Polite) > 0;
            _replaces |= At(ReplyWords.Instead);
        }
        _asksPolitely |= _at < words.Count && ReplyWords.Match(words, _at, ReplyWords.Polite) > 0;
        var asked = ReplyWords.Match(words, _at, ReplyWords.Changes);
        _isChange = asked > 0;
        if (asked == 0)
            asked = ReplyWords.Match(words, _at, ReplyWords.Sames);
        _isSame = asked > 0 && !_isChange;
        if (asked == 0)
            asked = ReplyWords.Match(words, _at, ReplyWords.Requests);
        _at += asked;
        // "The latte" is not said to order one, "I'd like the latte" is.
        _begin = asked > 0 ? _at : _at + 1;
    }

    private void ReadRest()
    {
        var removing = false;
        var negated = 0; // The items after the last "no".
        var isNo = false;
        for (int length; _at < words.Count; _at += length)
        {
            length = 1;
            if (At(ReplyWords.Pause))
            {
                _isUnclear |= removing && negated == 0;
                // "No sugar, oat milk" is clear, "without sugar, oat milk" is not.
                removing &= !isNo;
            }
            else if (ItemHere() is { } item)
            {
                _isUnclear |= removing && negated > 0;
                (removing ? _unwanted : _wanted).Add(item);
                negated++;
                length = item.Words.Count;
            }
            else if (ReplyWords.Match(words, _at, ReplyWords.InsteadOf) is var instead and > 0)
                (removing, negated, isNo, length) = (true, 0, false, instead);
            else if (ReplyWords.Match(words, _at, ReplyWords.With) > 0)
            {
                _isUnclear |= removing && negated == 0;
                removing = false;
            }
            else if (ReplyWords.Match(words, _at, ReplyWords.Without) > 0)
                (removing, negated, isNo) = (true, 0, At("no"));
            else if (At(ReplyWords.Instead))
                _replaces = true;
            else if (At(ReplyWords.Or))
                _isUnclear = true;
            else if (!ReplyWords.Particles.Contains(words[_at]) && !At(ReplyWords.And) && !IsArticle)
            {
                length = EndingHere();
                if (length == 0)
                {
                    length = 1;
                    (IsOffMenu(words[_at]) ? _offMenu : _unknown).Add(words[_at]);
                }
            }
        }
        _isUnclear |= removing && negated == 0;
    }

    private bool IsArticle => At(ReplyWords.The) && _at >= _begin;

    /// <returns>The number of words if nothing but phrases follows that may come last; otherwise 0.</returns>
    private int EndingHere()
    {
        var at = _at;
        while (at < words.Count)
        {
            var length =
                words[at] is ReplyWords.Pause or ReplyWords.Instead || ReplyWords.Particles.Contains(words[at])
                    ? 1
                    : ReplyWords.Match(words, at, ReplyWords.Endings);
            if (length == 0)
                return 0;
            _replaces |= words[at] == ReplyWords.Instead;
            at += length;
        }
        return at - _at;
    }

    private bool At(string word) => _at < words.Count && words[_at] == word;

    private MenuWords? ItemHere() => menu.Words.FirstOrDefault(entry => ReplyWords.StartsWith(words, _at, entry.Words));

    private bool IsOffMenu(string word) =>
        ReplyWords.OffMenu.Contains(word)
        || (!ReplyWords.Conversation.Contains(word) && menu.Words.Any(entry => entry.IsPartly(word)));

    private bool IsAboutOrder(int named)
    {
        var unknown = _unknown.Count;
        if (_isChange || _isSame)
            return unknown <= MaxUnknownInChange && (named > 0 || _offMenu.Count > 0 || (_isChange && StartsAsDrink));
        if (_unknown.Any(ReplyWords.Conversation.Contains))
            return false;
        return named > 0 || _offMenu.Exists(word => menu.Words.Any(entry => entry.IsPlural(word)))
            ? unknown <= MaxUnknown
            : _offMenu.Count > 0 && unknown == 0;
    }

    // "Make it a chai", not "make it quick".
    private bool StartsAsDrink => _begin < words.Count && words[_begin] is "a" or "an";

    private OrderReply.Unclear NotOnMenu() =>
        new(UnclearReason.UnknownWords, [.. _unknown.Concat(_offMenu).Distinct()]);

    private OrderReply.Unclear? Contradiction()
    {
        var drinks = Entries(_wanted, OrderField.DrinkType);
        var sizes = Entries(_wanted, OrderField.Size);
        var milks = Entries(_wanted, OrderField.Customizations)
            .FindAll(customization => DrinkChange.KindOf(customization) == DrinkChange.Milk);
        foreach (var several in (List<string>[])[drinks, sizes, milks])
            if (several.Count > 1)
                return new(UnclearReason.Several, several);
        if (_wanted.Intersect(_unwanted).FirstOrDefault() is { } both)
            return new(UnclearReason.WithAndWithout, both.Entry);
        var (otherDrinks, otherSizes) = (Entries(_unwanted, OrderField.DrinkType), Entries(_unwanted, OrderField.Size));
        if (otherDrinks.Count > drinks.Count || otherSizes.Count > sizes.Count || _isUnclear)
            return new(UnclearReason.WantedOrNot);
        // "Sugar instead": instead of what?
        var isInsteadOfNothing =
            _replaces
            && drinks.Count == 0
            && sizes.Count == 0
            && _wanted.TrueForAll(item => DrinkChange.KindOf(item.Entry) is null);
        if (isInsteadOfNothing || (_replaces && _wanted.Count == 0))
            return new(UnclearReason.ReplacesWhat);
        return isQuestion && !_asksPolitely ? new(UnclearReason.AskingOrOrdering) : null;
    }

    private DrinkChange Change() =>
        new(
            Entries(_wanted, OrderField.DrinkType).FirstOrDefault(),
            Entries(_wanted, OrderField.Size).FirstOrDefault(),
            Entries(_wanted, OrderField.Customizations),
            Entries(_unwanted, OrderField.Customizations),
            Keeps: _isChange
                || _isSame
                || _replaces
                || words.Contains("actually")
                || _unwanted.Exists(item => item.Field != OrderField.Customizations)
        )
        {
            NeedsOrder = _isSame,
            Replaces = _replaces,
            InsteadOfDrink = Entries(_unwanted, OrderField.DrinkType).FirstOrDefault(),
            InsteadOfSize = Entries(_unwanted, OrderField.Size).FirstOrDefault(),
        };

    private static List<string> Entries(List<MenuWords> items, OrderField field) =>
        [.. items.Where(item => item.Field == field).Select(item => item.Entry).Distinct()];
}
