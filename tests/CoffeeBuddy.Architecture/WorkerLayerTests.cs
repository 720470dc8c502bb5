using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace CoffeeBuddy.Architecture;

/// <summary>The layers inside the worker: triggers use runs and notifications, never the other way.</summary>
public sealed class WorkerLayerTests
{
    private const string Worker = "CoffeeBuddy.Functions";

    [Theory]
    [InlineData("Runs")]
    [InlineData("Notifications")]
    [InlineData("Events")]
    [InlineData("DeadLetters")]
    [InlineData("Security")]
    public void A_layer_below_the_triggers_uses_no_trigger(string layer) =>
        In($"{Worker}.{layer}").Should().NotDependOnAny(In($"{Worker}.Triggers")).Check(House.Architecture);

    [Theory]
    [InlineData("Slack", "Api")]
    [InlineData("Slack", "Kafka")]
    [InlineData("Slack", "Timers")]
    [InlineData("Api", "Slack")]
    [InlineData("Api", "Kafka")]
    [InlineData("Api", "Timers")]
    [InlineData("Kafka", "Slack")]
    [InlineData("Kafka", "Api")]
    [InlineData("Kafka", "Timers")]
    [InlineData("Timers", "Slack")]
    [InlineData("Timers", "Api")]
    [InlineData("Timers", "Kafka")]
    public void Triggers_of_one_kind_use_none_of_another_kind(string kind, string other) =>
        In($"{Worker}.Triggers.{kind}")
            .Should()
            .NotDependOnAny(In($"{Worker}.Triggers.{other}"))
            .Check(House.Architecture);

    [Fact]
    public void Runs_know_nothing_of_notifications() =>
        In($"{Worker}.Runs").Should().NotDependOnAny(In($"{Worker}.Notifications")).Check(House.Architecture);

    private static GivenTypesConjunction In(string layer) =>
        Types().That().ResideInNamespaceMatching($@"^{layer.Replace(".", @"\.", StringComparison.Ordinal)}(\..*)?$");
}
