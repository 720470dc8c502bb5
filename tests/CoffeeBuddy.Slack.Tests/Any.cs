using System.Text;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.Payloads;
using CsCheck;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>Runs and orders for the tests: fixed examples and random ones.</summary>
internal static class Any
{
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    public static readonly CoffeeRun Run = new()
    {
        RunId = Guid.Parse("0198c0de-0000-7000-8000-000000000001"),
        WorkspaceId = "T1",
        ChannelId = "C1",
        InitiatorUserId = "UINIT",
        CreatedAt = Now,
    };

    /// <summary>A run with a runner.</summary>
    public static readonly CoffeeRun Assigned = Run with
    {
        RunnerUserId = "URUNNER",
        AssignmentReason = "2 runs in 30 days, the fewest of 5",
    };

    public static Order Order(string userId, Drink drink, string? note = null, int minute = 0) =>
        new(Guid.Empty, Run.RunId, userId, drink, note, Now.AddMinutes(minute));

    /// <summary>
    /// Random values that the rules allow: markup, emoji, right-to-left text, and the greatest lengths.
    /// </summary>
    public static readonly Gen<Drink> Drinks = Gen.Select(
        Line(Drink.MaxDrinkTypeLength),
        Line(Drink.MaxSizeLength),
        Line(Drink.MaxCustomizationLength).List[0, Drink.MaxCustomizations],
        (drinkType, size, customizations) => new Drink(drinkType, size, customizations)
    );

    public static readonly Gen<string?> Notes = Gen.Select(
        Gen.Int[0, 2],
        Text(Core.Orders.Order.MaxNoteLength),
        (kind, note) => kind == 0 ? null : note
    );

    private static readonly Gen<string> UserIds = Gen.Select(
        Gen.Int[0, 9999],
        Gen.Bool,
        (number, longest) => longest ? $"U{number}".PadRight(SlackIds.MaxLength, '0') : $"U{number}"
    );

    public static readonly Gen<List<Order>> Orders = Gen.Select(
        UserIds,
        Drinks,
        Notes,
        (userId, drink, note) => Order(userId, drink, note)
    ).List[0, 60];

    public static readonly Gen<CoffeeRun> Runs = Gen.Select(
        Gen.Enum<RunStatus>(),
        Gen.Bool,
        Gen.Bool,
        UserIds,
        Text(2000),
        (status, assigned, closedBySomebody, userId, reason) =>
            Run with
            {
                Status = status,
                InitiatorUserId = userId,
                RunnerUserId = assigned ? userId : null,
                AssignmentReason = assigned ? reason : null,
                DeadlineAt = closedBySomebody ? Now : null,
                CompletedAt = status == RunStatus.Completed ? Now : null,
                ClosedByUserId = closedBySomebody ? userId : null,
            }
    );

    private static Gen<string> Text(int maxLength) =>
        Gen.Select(
            MrkdwnTests.Typed,
            Gen.Bool,
            Gen.Int[0, 2],
            (typed, full, kind) =>
            {
                var text = full ? string.Concat(Enumerable.Repeat(kind == 0 ? "&" : typed + "x", maxLength)) : typed;
                // Stored text is valid Unicode: JSON and PostgreSQL accept nothing else.
                return Encoding.UTF8.GetString(
                    Encoding.UTF8.GetBytes(text.Length > maxLength ? text[..maxLength] : text)
                );
            }
        );

    private static Gen<string> Line(int maxLength) =>
        Text(maxLength)
            .Select(text =>
            {
                var line = new string([.. text.Where(character => !char.IsControl(character))]).Trim();
                return line.Length == 0 ? "x" : line;
            });
}
