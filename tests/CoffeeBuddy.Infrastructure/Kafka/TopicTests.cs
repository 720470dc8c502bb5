using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Sandbox;
using YamlDotNet.RepresentationModel;
using KafkaTopics = CoffeeBuddy.Core.Events.Topics;

namespace CoffeeBuddy.Infrastructure.Kafka;

/// <summary>deploy/kafka: the topics, for Strimzi and as a script.</summary>
public sealed class TopicTests
{
    private const string Script = "deploy/kafka/create-topics.sh";

    // Fields of KafkaTopic, from Strimzi's resource definition.
    private static readonly string[] SpecFields = ["topicName", "partitions", "replicas", "config"];

    private static IReadOnlyList<YamlMappingNode> Topics => Yaml.Read("deploy", "kafka", "topics.yaml");

    [Fact]
    public void The_topics_are_those_that_the_worker_uses()
    {
        Assert.Equal(KafkaTopics.All, Topics.Select(topic => topic.Text("metadata", "name")));
    }

    [Fact]
    public void Each_is_a_topic_of_Strimzi()
    {
        Assert.All(
            Topics,
            topic =>
            {
                Assert.Equal(["apiVersion", "kind", "metadata", "spec"], topic.Keys());
                Assert.Equal("kafka.strimzi.io/v1", topic.Text("apiVersion"));
                Assert.Equal("KafkaTopic", topic.Text("kind"));
                Assert.NotEmpty(topic.Text("metadata", "labels", "strimzi.io/cluster"));
                Assert.Empty(topic.Find("spec")!.Keys().Except(SpecFields));
            }
        );
    }

    [Fact]
    public async Task The_script_asks_for_the_same_topics()
    {
        var calls = await RecordedCommands.RunAsync(Script, "kafka-topics.sh");

        Assert.Equal(
            Topics.Select(topic =>
                (
                    topic.Text("metadata", "name"),
                    topic.Text("spec", "partitions"),
                    topic.Text("spec", "replicas"),
                    Settings(topic)
                )
            ),
            calls.Select(call =>
                (
                    call.Of("--topic").Single(),
                    call.Of("--partitions").Single(),
                    call.Of("--replication-factor").Single(),
                    string.Join(' ', call.Of("--config").Order(StringComparer.Ordinal))
                )
            )
        );
        Assert.All(
            calls,
            call =>
            {
                Assert.Contains("--create", call);
                Assert.Contains("--if-not-exists", call);
                Assert.Equal(["kafka:9092"], call.Of("--bootstrap-server"));
                Assert.Equal(["client.properties"], call.Of("--command-config"));
            }
        );
    }

    [Theory]
    [InlineData(Script)]
    [InlineData("deploy/kafka/create-acls.sh")]
    public async Task A_script_is_valid_and_says_what_it_lacks(string script)
    {
        Assert.Equal((0, "", ""), await Programs.RunAsync("bash", ["-n", script]));

        var (code, _, errors) = await Programs.RunAsync("bash", [script]);

        Assert.NotEqual(0, code);
        Assert.Contains("host:port", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_topics_take_the_largest_record()
    {
        Assert.All(
            Topics,
            topic => Assert.True(topic.Number("spec", "config", "max.message.bytes") > KafkaOptions.MaxRecordBytes)
        );
    }

    [Fact]
    public void One_broker_may_be_away_without_stopping_orders()
    {
        Assert.All(
            Topics,
            topic =>
            {
                Assert.Equal(2, topic.Number("spec", "replicas"));
                Assert.Equal(1, topic.Number("spec", "config", "min.insync.replicas"));
                Assert.Equal("false", topic.Text("spec", "config", "unclean.leader.election.enable"));
            }
        );
    }

    [Fact]
    public void The_topics_that_are_consumed_have_as_many_partitions_as_where_they_are_tested()
    {
        var tested = SandboxOptions.Topics.ToDictionary(topic => topic.Topic, topic => topic.Partitions);

        Assert.All(
            Topics.Where(topic => topic.Text("metadata", "name") != KafkaTopics.DeadLetter),
            topic => Assert.Equal(tested[topic.Text("metadata", "name")], topic.Number("spec", "partitions"))
        );
    }

    [Fact]
    public void Records_are_kept_longer_than_a_backup_may_be_old()
    {
        var backup = TimeSpan.FromHours(24).TotalMilliseconds;

        Assert.All(
            Topics,
            topic =>
                Assert.True(double.Parse(Retention(topic), System.Globalization.CultureInfo.InvariantCulture) > backup)
        );
    }

    private static string Retention(YamlNode topic) => topic.Text("spec", "config", "retention.ms");

    private static string Settings(YamlNode topic) =>
        string.Join(
            ' ',
            topic
                .Find("spec", "config")!
                .Scalars()
                .Select(setting => $"{setting.Key}={setting.Value}")
                .Order(StringComparer.Ordinal)
        );
}
