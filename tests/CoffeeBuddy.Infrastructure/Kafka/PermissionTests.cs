using CoffeeBuddy.Functions.Hosting;
using Microsoft.Azure.Functions.Worker;
using YamlDotNet.RepresentationModel;
using KafkaTopics = CoffeeBuddy.Core.Events.Topics;

namespace CoffeeBuddy.Infrastructure.Kafka;

/// <summary>deploy/kafka: what each login may do, for Strimzi and as a script.</summary>
public sealed class PermissionTests
{
    private static IReadOnlyList<YamlMappingNode> Users => Yaml.Read("deploy", "kafka", "users.yaml");

    [Fact]
    public async Task The_script_allows_the_same()
    {
        var calls = await RecordedCommands.RunAsync("deploy/kafka/create-acls.sh", "kafka-acls.sh");

        Assert.All(calls, call => Assert.Equal("--add", Assert.Single(call, argument => argument == "--add")));
        Assert.Equal(
            Users.SelectMany(Permissions).Order(StringComparer.Ordinal),
            calls.SelectMany(Permissions).Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("http")]
    [InlineData("kafka")]
    [InlineData("timer")]
    [InlineData("deadletter")]
    public void Every_login_that_publishes_may_write_to_every_topic(string login)
    {
        Assert.All(
            KafkaTopics.All,
            topic =>
            {
                Assert.Contains($"coffeebuddy-{login} Write topic {topic} literal", All);
                Assert.Contains($"coffeebuddy-{login} Describe topic {topic} literal", All);
            }
        );
    }

    [Fact]
    public void The_role_kafka_may_read_the_topics_of_its_functions_and_commit_for_their_groups()
    {
        var triggers = FunctionTriggers.Of<KafkaTriggerAttribute>().ToList();
        Assert.NotEmpty(triggers);

        Assert.Equal(
            triggers
                .Select(trigger => $"coffeebuddy-kafka Read topic {trigger.Topic} literal")
                .Append("coffeebuddy-kafka Read group coffeebuddy- prefix")
                .Order(StringComparer.Ordinal),
            All.Where(permission => permission.StartsWith("coffeebuddy-kafka Read ", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
        Assert.All(
            triggers,
            trigger => Assert.StartsWith("%Kafka:ConsumerGroup%-", trigger.ConsumerGroup, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Nobody_may_administer_or_delete()
    {
        Assert.Empty(All.Select(permission => permission.Split(' ')[1]).Except(["Read", "Write", "Describe"]));
        Assert.DoesNotContain(All, permission => permission.Contains('*', StringComparison.Ordinal));
    }

    [Fact]
    public void Each_is_a_login_of_Strimzi_with_a_password()
    {
        Assert.All(
            Users,
            user =>
            {
                Assert.Equal("kafka.strimzi.io/v1", user.Text("apiVersion"));
                Assert.Equal("KafkaUser", user.Text("kind"));
                Assert.Equal("scram-sha-512", user.Text("spec", "authentication", "type"));
                Assert.Equal("simple", user.Text("spec", "authorization", "type"));
                Assert.All(
                    user.List("spec", "authorization", "acls"),
                    acl =>
                    {
                        Assert.Equal(["resource", "operations"], acl.Keys());
                        Assert.Equal(["type", "name", "patternType"], acl.Find("resource")!.Keys());
                    }
                );
            }
        );
    }

    private static IReadOnlyList<string> All => [.. Users.SelectMany(Permissions)];

    private static IEnumerable<string> Permissions(YamlMappingNode user) =>
        from acl in user.List("spec", "authorization", "acls")
        from operation in acl.Texts("operations")
        select $"{user.Text("metadata", "name")} {operation} {acl.Text("resource", "type")} {acl.Text("resource", "name")} {acl.Text("resource", "patternType")}";

    private static IEnumerable<string> Permissions(IReadOnlyList<string> call) =>
        from principal in call.Of("--allow-principal")
        from operation in call.Of("--operation")
        from resource in call.Of("--topic")
            .Select(name => $"topic {name}")
            .Concat(call.Of("--group").Select(name => $"group {name}"))
        // Strimzi's name of the pattern "prefixed".
        let pattern = call.Of("--resource-pattern-type").Contains("prefixed") ? "prefix" : "literal"
        select $"{principal["User:".Length..]} {operation} {resource} {pattern}";
}
