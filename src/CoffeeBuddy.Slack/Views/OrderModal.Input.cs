using System.Diagnostics.CodeAnalysis;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

// Reads what people entered into the form.
public static partial class OrderModal
{
    /// <summary>
    /// The open form with the clicked drink filled in, or why it cannot be ordered any more. A note and a guest that were
    /// typed are kept.
    /// </summary>
    /// <returns>False when the click does not belong to this form.</returns>
    public static bool TryRebuild(Interaction interaction, Menu menu, [NotNullWhen(true)] out View? view)
    {
        view = null;
        var clicked = interaction.Actions.FirstOrDefault(action => Actions.IsUsual(action.ActionId));
        if (
            OrderFormState.Unpack(clicked?.Value) is not { } drink
            || OrderFormState.Read(interaction.View?.PrivateMetadata) is not { } state
        )
            return false;
        view = menu.Refuse(drink) is { } refusal
            ? Rebuild(interaction, menu, state, Entered(interaction), MenuTexts.NotOrdered(refusal))
            : Rebuild(interaction, menu, state, drink, notice: null);
        return true;
    }

    /// <summary>The run of the open form; the empty id when it is not the order form.</summary>
    public static Guid RunOf(Interaction interaction) =>
        OrderFormState.Read(interaction.View?.PrivateMetadata)?.RunId ?? Guid.Empty;

    /// <summary>Reads whose order is to be filled in.</summary>
    /// <returns>False when the choice does not belong to this form.</returns>
    public static bool TryReadSameAs(Interaction interaction, [NotNullWhen(true)] out SameAs? sameAs)
    {
        var chosen = interaction.Actions.FirstOrDefault(action => action.ActionId == Actions.SameAs)?.SelectedUser;
        sameAs =
            chosen is not null && OrderFormState.Read(interaction.View?.PrivateMetadata) is { OffersSameAs: true } state
                ? new SameAs(state.RunId, state.ChannelId, chosen, state.MemberUntil)
                : null;
        return sameAs is not null;
    }

    /// <summary>The open form with a drink filled in, after <see cref="TryReadSameAs"/>.</summary>
    /// <param name="drink">Null: what the person has entered so far stays.</param>
    /// <param name="notice">See <see cref="OrderForm.Notice"/>.</param>
    public static View Rebuild(Interaction interaction, Menu menu, Drink? drink, string? notice) =>
        Rebuild(
            interaction,
            menu,
            OrderFormState.Read(interaction.View?.PrivateMetadata)
                ?? throw new ArgumentException("This is not the order form.", nameof(interaction)),
            drink ?? Entered(interaction),
            notice
        );

    /// <summary>See <see cref="OrderForm.Notice"/>: the order of this person is filled in.</summary>
    public static string FilledInAs(string userId) => OrderTexts.FormatSameAs(Mrkdwn.User(userId));

    /// <summary>The same: this person has no order in the run.</summary>
    public static string NoOrderOf(string userId) => OrderTexts.FormatNoOrderOf(Mrkdwn.User(userId));

    private static View Rebuild(
        Interaction interaction,
        Menu menu,
        OrderFormState state,
        Drink? drink,
        string? notice
    ) =>
        Build(
            new OrderForm
            {
                RunId = state.RunId,
                ChannelId = state.ChannelId,
                InitiatorUserId = state.InitiatorUserId,
                Menu = menu,
                LastDrinks = [.. state.LastDrinks.Select(OrderFormState.Unpack).OfType<Drink>()],
                Prefill = drink,
                Note = Value(interaction, NoteInput, state)?.Value,
                Guest = NullIfBlank(Value(interaction, GuestInput, state)?.Value),
                OffersSameAs = state.OffersSameAs == true,
                Notice = notice,
                Revision = state.Revision + 1,
                MemberUntil = state.MemberUntil,
                IsFromHome = state.IsFromHome == true,
            }
        );

    /// <returns>Null when the form is not filled in.</returns>
    private static Drink? Entered(Interaction interaction) =>
        TryReadForm(interaction, out var form) && form is { DrinkType: { } drinkType, Size: { } size }
            ? new Drink(drinkType, size, form.Customizations)
            : null;

    /// <summary>
    /// Reads a submission. A typed drink replaces the chosen one, unless the form itself filled in the text and another
    /// drink was chosen.
    /// </summary>
    /// <returns>False when the submission does not belong to this form.</returns>
    public static bool TryRead(Interaction interaction, [NotNullWhen(true)] out OrderSubmission? submission)
    {
        submission = null;
        return interaction.View?.CallbackId == Actions.OrderCallback && TryReadForm(interaction, out submission);
    }

    private static bool TryReadForm(Interaction interaction, [NotNullWhen(true)] out OrderSubmission? submission)
    {
        submission = null;
        if (OrderFormState.Read(interaction.View?.PrivateMetadata) is not { } state)
            return false;
        var chosen = Value(interaction, DrinkInput, state)?.SelectedOption?.Value;
        var typed = NullIfBlank(Value(interaction, OtherInput, state)?.Value);
        var drinkType = chosen is null or SomethingElse || (typed is not null && typed != state.Typed) ? typed : chosen;
        submission = new OrderSubmission(
            state.RunId,
            state.ChannelId,
            drinkType,
            Value(interaction, SizeInput, state)?.SelectedOption?.Value,
            [
                .. (Value(interaction, CustomizationsInput, state)?.SelectedOptions ?? [])
                    .Select(option => option.Value)
                    .OfType<string>(),
            ],
            NullIfBlank(Value(interaction, NoteInput, state)?.Value),
            NullIfBlank(Value(interaction, GuestInput, state)?.Value),
            state.Revision,
            state.MemberUntil,
            state.IsFromHome == true,
            AllowsFreeText: state.IsMenuOnly != true,
            IsTyped: drinkType is not null && drinkType == typed
        );
        return true;
    }

    /// <summary>Keeps the form open and shows below each field what is wrong with it.</summary>
    public static ViewResponse Errors(IReadOnlyList<OrderError> errors, OrderSubmission submission) =>
        new(
            "errors",
            Errors: errors
                .GroupBy(error => Id(BlockOf(error.Field, submission), submission.Revision))
                .ToDictionary(field => field.Key, field => string.Join(' ', field.Select(TextOf)))
        );

    /// <summary>What is wrong with a field; plain text.</summary>
    public static string TextOf(OrderError error) =>
        (error.Field, error.Fault) switch
        {
            (OrderField.DrinkType, OrderFault.Missing) => OrderTexts.DrinkMissing,
            (OrderField.DrinkType, OrderFault.Length) => OrderTexts.FormatDrinkTooLong(Drink.MaxDrinkTypeLength),
            (OrderField.DrinkType, _) => OrderTexts.DrinkNotOneLine,
            (OrderField.Size, OrderFault.Missing) => OrderTexts.SizeMissing,
            (OrderField.Size, OrderFault.Length) => OrderTexts.FormatSizeTooLong(Drink.MaxSizeLength),
            (OrderField.Size, _) => OrderTexts.SizeNotOneLine,
            (OrderField.Customizations, OrderFault.TooMany) => OrderTexts.FormatCustomizationsTooMany(
                Drink.MaxCustomizations
            ),
            (OrderField.Customizations, _) => OrderTexts.FormatCustomizationsWrong(Drink.MaxCustomizationLength),
            (OrderField.Note, OrderFault.Length) => OrderTexts.FormatNoteTooLong(Order.MaxNoteLength),
            (OrderField.Note, _) => OrderTexts.NoteNotText,
            (_, OrderFault.Length) => OrderTexts.FormatGuestTooLong(Order.MaxGuestLength),
            _ => OrderTexts.GuestNotOneLine,
        };

    /// <summary>Keeps the form open and shows below its field what cannot be ordered.</summary>
    public static ViewResponse NotOffered(MenuRefusal refusal, OrderSubmission submission)
    {
        var block =
            refusal.Field == OrderField.DrinkType && !submission.IsTyped
                ? DrinkInput
                : BlockOf(refusal.Field, submission);
        return Error(block, MenuTexts.Refusal(refusal), submission.Revision);
    }

    /// <summary>Keeps the form open and shows why it was not taken, below the field of the drink.</summary>
    public static ViewResponse NotTaken(string reason, OrderSubmission submission) =>
        Error(BlockOf(OrderField.DrinkType, submission), reason, submission.Revision);

    /// <summary>The same, because the person sends more requests than one person may.</summary>
    public static ViewResponse SlowDown(TimeSpan wait, OrderSubmission submission) =>
        NotTaken(OrderTexts.FormatSlowDown(Counts.Seconds(wait)), submission);

    /// <summary>The same, below the field of the guest's name.</summary>
    public static ViewResponse GuestNotTaken(string reason, int revision) => Error(GuestInput, reason, revision);

    private static ViewResponse Error(string input, string reason, int revision) =>
        new("errors", Errors: new Dictionary<string, string> { [Id(input, revision)] = reason });

    // A drink of the menu is always valid, so an error about the drink belongs to the text field.
    private static string BlockOf(OrderField field, OrderSubmission submission) =>
        field switch
        {
            OrderField.Size => SizeInput,
            OrderField.Customizations => CustomizationsInput,
            OrderField.Note => NoteInput,
            OrderField.Guest => GuestInput,
            _ => submission.AllowsFreeText ? OtherInput : DrinkInput,
        };

    private static InteractionValue? Value(Interaction interaction, string name, OrderFormState state) =>
        interaction.View?.Value(Id(name, state.Revision), name);

    private static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
