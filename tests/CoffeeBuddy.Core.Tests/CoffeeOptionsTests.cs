using System.ComponentModel.DataAnnotations;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class CoffeeOptionsTests
{
    [Fact]
    public void The_defaults_are_valid_and_bring_a_menu()
    {
        var options = new CoffeeOptions();

        Assert.Empty(Faults(options));
        Assert.Contains("Latte", options.Menu.Drinks);
        Assert.Equal("Medium", options.Menu.UsualSize);
    }

    [Fact]
    public void A_configured_list_takes_the_place_of_the_houses_own()
    {
        var options = new CoffeeOptions { Sizes = { "Cup", "Pot" } };

        Assert.Equal(["Cup", "Pot"], options.Menu.Sizes);
        Assert.Equal(Menu.Default.Drinks, options.Menu.Drinks);
    }

    [Theory]
    [InlineData(99, 10, 10, 0)]
    [InlineData(100, 10, 10, 1)]
    [InlineData(99, 11, 10, 1)]
    [InlineData(99, 10, 11, 1)]
    [InlineData(100, 11, 11, 3)]
    public void A_menu_that_no_form_can_hold_is_refused(int drinks, int sizes, int customizations, int faults)
    {
        var options = new CoffeeOptions();
        Fill(options.Drinks, drinks);
        Fill(options.Sizes, sizes);
        Fill(options.Customizations, customizations);

        Assert.Equal(faults, Faults(options).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234567890123456")]
    public void An_entry_without_text_or_with_too_much_is_refused(string entry)
    {
        var options = new CoffeeOptions { Drinks = { entry } };

        Assert.Contains($"\"{entry}\"", Assert.Single(Faults(options)).ErrorMessage);
    }

    [Fact]
    public void Durations_and_counts_out_of_range_are_refused()
    {
        var options = new CoffeeOptions
        {
            AssignAfterOrders = 0,
            OrderWindow = TimeSpan.Zero,
            FairnessWindowDays = 367,
        };

        Assert.Equal(3, Faults(options).Count);
    }

    [Fact]
    public void Admins_are_those_configured()
    {
        var options = new CoffeeOptions { Admins = { "UADMIN" } };

        Assert.True(options.IsAdmin("UADMIN"));
        Assert.False(options.IsAdmin("UOTHER"));
    }

    [Theory]
    [InlineData(EventTypes.RunCreated, Topics.Orders)]
    [InlineData(EventTypes.OrderPlaced, Topics.Orders)]
    [InlineData(EventTypes.OrderWithdrawn, Topics.Orders)]
    [InlineData(EventTypes.RunnerAssigned, Topics.Assignments)]
    [InlineData(EventTypes.ReminderDue, Topics.Assignments)]
    [InlineData(EventTypes.RunCompleted, Topics.Completions)]
    [InlineData(EventTypes.RunCancelled, Topics.Completions)]
    public void Every_event_has_its_topic(string eventType, string topic) =>
        Assert.Equal(topic, EventTypes.TopicOf(eventType));

    [Fact]
    public void An_unknown_event_has_none() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EventTypes.TopicOf("coffee.spilled"));

    private static void Fill(IList<string> list, int count)
    {
        for (var number = 0; number < count; number++)
            list.Add($"Entry {number}");
    }

    private static List<ValidationResult> Faults(CoffeeOptions options)
    {
        List<ValidationResult> faults = [];
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        return faults;
    }
}
