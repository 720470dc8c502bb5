using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Assembly = System.Reflection.Assembly;

namespace CoffeeBuddy.Architecture;

/// <summary>Which project may use which, read from the compiled types.</summary>
public sealed class DependencyTests
{
    private static readonly Assembly[] All =
    [
        House.Core,
        House.Data,
        House.Slack,
        House.Functions,
        House.Sandbox,
        House.OnPremFunctions,
        House.SlackSimulator,
        House.MockKafka,
        House.KafkaExtension,
    ];

    private static readonly Dictionary<Assembly, Assembly[]> MayUse = new()
    {
        [House.Core] = [],
        [House.Data] = [House.Core],
        [House.Slack] = [House.Core],
        [House.Functions] = [House.Core, House.Data, House.Slack, House.OnPremFunctions, House.KafkaExtension],
        [House.Sandbox] = [House.SlackSimulator, House.MockKafka],
        [House.OnPremFunctions] = [House.KafkaExtension],
        [House.MockKafka] = [],
        [House.KafkaExtension] = [],
        [House.SlackSimulator] = [],
    };

    public static TheoryData<string> Projects => [.. All.Select(assembly => assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_uses_only_the_projects_it_may(string name)
    {
        var project = All.Single(assembly => assembly.GetName().Name == name);
        var forbidden = All.Except([project, .. MayUse[project]]).ToArray();

        Types()
            .That()
            .ResideInAssembly(project)
            .Should()
            .NotDependOnAny(Types().That().ResideInAssembly(forbidden[0], forbidden[1..]))
            .Check(House.Architecture);
    }

    [Fact]
    public void The_rules_of_a_coffee_run_need_no_package() =>
        Assert.DoesNotContain(
            House.Core.GetReferencedAssemblies(),
            assembly => !assembly.Name!.StartsWith("System.", StringComparison.Ordinal)
        );

    [Fact]
    public void Every_project_below_src_is_in_these_rules() =>
        Assert.Empty(
            House
                .ProjectFiles("src")
                .Select(Path.GetFileNameWithoutExtension)
                // The stand-in has the assembly name of the package that it stands for.
                .Except([.. All.Select(assembly => assembly.GetName().Name!), "FunctionsKafkaExtension"])
        );
}
