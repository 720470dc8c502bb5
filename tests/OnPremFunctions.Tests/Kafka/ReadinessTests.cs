using Confluent.Kafka;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class ReadinessTests : KafkaTest
{
    [Fact]
    public async Task A_worker_is_ready_when_no_partition_is_left_for_it()
    {
        await using var first = await StartAsync(KafkaFunctions.Plain);
        await first.ReadyAsync();

        await using var second = await StartAsync(KafkaFunctions.Plain);
        await second.ReadyAsync();

        // The topic has one partition.
        Assert.Contains(
            first.Logs.Lines.Concat(second.Logs.Lines),
            static line => line.Text.EndsWith("was assigned 0 partitions and owns 0", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_worker_whose_topic_is_missing_is_not_ready_until_it_exists()
    {
        var missing = $"late-{Guid.NewGuid():N}";
        await using var host = await StartAsync(KafkaFunctions.Plain, topic: missing);

        await NotReadyAsync(host, $"Plain has no partitions of {missing}: ", "Unknown topic");
        Cluster.CreateTopic(missing, 1);

        await host.ReadyAsync();
    }

    [Fact]
    public async Task A_worker_without_permission_for_its_group_is_not_ready_and_says_so()
    {
        Cluster.FailNext(
            MockKafkaCluster.Request.JoinGroup,
            [.. Enumerable.Repeat(ErrorCode.GroupAuthorizationFailed, 200)]
        );
        await using var host = await StartAsync(KafkaFunctions.Plain);

        await NotReadyAsync(host, $"Plain has no partitions of {Topic}: ", "Group authorization failed");
        Cluster.ClearFailures(MockKafkaCluster.Request.JoinGroup);

        await host.ReadyAsync();
    }

    private static Task NotReadyAsync(TestHost host, string subject, string reason) =>
        Eventually.TrueAsync(
            async () =>
            {
                using var answer = await host.GetAsync("/healthz/ready");
                var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                return !answer.IsSuccessStatusCode
                    && body.StartsWith(subject, StringComparison.Ordinal)
                    && body.Contains(reason, StringComparison.Ordinal);
            },
            $"the worker is not ready: {subject}{reason}"
        );
}
