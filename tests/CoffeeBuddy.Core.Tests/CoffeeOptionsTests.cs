using System.ComponentModel.DataAnnotations;
using CoffeeBuddy.Core.Orders;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class CoffeeOptionsTests
{
    [Fact]
    public void The_defaults_are_valid_and_include_a_menu()
    {
        var options = new CoffeeOptions { Workspaces = { "T1" } };

        Assert.Empty(Faults(options));
        Assert.Contains("Latte", options.Menu.Drinks);
        Assert.Equal("Medium", options.Menu.UsualSize);
    }

    [Fact]
    public void Without_a_workspace_nobody_is_served() =>
        Assert.Equal(
            "Workspaces must name the id of at least one Slack workspace.",
            Assert.Single(Faults(new CoffeeOptions())).ErrorMessage
        );

    [Fact]
    public void A_configured_list_replaces_the_default_list()
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
    public void A_menu_too_large_for_the_form_is_refused(int drinks, int sizes, int customizations, int faults)
    {
        var options = new CoffeeOptions { Workspaces = { "T1" } };
        Fill(options.Drinks, drinks);
        Fill(options.Sizes, sizes);
        Fill(options.Customizations, customizations);

        Assert.Equal(faults, Faults(options).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234567890123456")]
    public void An_empty_or_too_long_entry_is_refused(string entry)
    {
        var options = new CoffeeOptions { Workspaces = { "T1" }, Drinks = { entry } };

        Assert.Contains($"\"{entry}\"", Assert.Single(Faults(options)).ErrorMessage);
    }

    [Theory]
    [InlineData(89, 1)]
    [InlineData(90, 0)]
    public void The_audit_is_kept_for_ninety_days_or_longer(int days, int faults) =>
        Assert.Equal(faults, Faults(new CoffeeOptions { Workspaces = { "T1" }, AuditRetentionDays = days }).Count);

    [Fact]
    public void Durations_and_counts_out_of_range_are_refused()
    {
        var options = new CoffeeOptions
        {
            Workspaces = { "T1" },
            AssignAfterOrders = 0,
            OrderWindow = TimeSpan.Zero,
            FairnessWindowDays = 367,
            ReminderInterval = TimeSpan.FromHours(13),
            OptOutRuns = 0,
        };

        Assert.Equal(5, Faults(options).Count);
    }

    [Theory]
    [InlineData("en", 0)]
    [InlineData("fr", 0)]
    [InlineData("it", 1)]
    [InlineData("DE", 1)]
    [InlineData("", 1)]
    public void The_language_is_one_that_has_texts(string language, int faults) =>
        Assert.Equal(faults, Faults(new CoffeeOptions { Workspaces = { "T1" }, Language = language }).Count);

    [Fact]
    public void Only_configured_people_are_admins()
    {
        var options = new CoffeeOptions { Admins = { "UADMIN" } };

        Assert.True(options.IsAdmin("UADMIN"));
        Assert.False(options.IsAdmin("UOTHER"));
    }

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
