using System.Text.RegularExpressions;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;

namespace OnPremFunctions.Hosting;

/// <summary>host.json with its overrides.</summary>
internal sealed record JobHostOptions
{
    /// <summary>Null: unlimited.</summary>
    public TimeSpan? FunctionTimeout { get; init; } = TimeSpan.FromMinutes(5);

    public string RoutePrefix { get; init; } = "api";

    /// <summary>How long a stopping host keeps idle connections open. Only this host has this setting.</summary>
    public TimeSpan HttpLingerTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Serves probes and metrics, and no functions. Null: every port serves all. Only this host has this setting.
    /// </summary>
    public int? ManagementPort { get; init; }

    /// <summary>The functions to serve; empty means all.</summary>
    public IReadOnlyList<string> Functions { get; init; } = [];

    public KafkaHostOptions Kafka { get; init; } = new();

    public static JobHostOptions Read(IConfiguration configuration, ICollection<string> faults)
    {
        var reader = new HostSettingReader(configuration.GetSection(HostFile.Section), faults);
        if (reader.Text("version", "2.0") is not "2.0" and var version)
            faults.Add($"host.json: version is \"{version}\", but only \"2.0\" is supported.");

        return new JobHostOptions
        {
            FunctionTimeout =
                reader.Text("functionTimeout", "00:05:00") == "-1"
                    ? null
                    : reader.Duration("functionTimeout", TimeSpan.FromMinutes(5), TimeSpan.FromDays(1)),
            RoutePrefix = reader.Text("extensions:http:routePrefix", "api").Trim('/'),
            HttpLingerTimeout = reader.Duration(
                "extensions:http:lingerTimeout",
                TimeSpan.FromSeconds(1),
                TimeSpan.FromMinutes(1)
            ),
            ManagementPort = reader.OptionalNumber("extensions:http:managementPort", 1, 65_535),
            Functions =
            [
                .. configuration
                    .GetSection($"{HostFile.Section}:functions")
                    .GetChildren()
                    .Select(static child => child.Value?.Trim() ?? "")
                    .Where(static name => name.Length > 0),
            ],
            Kafka = KafkaHostOptions.Read(reader, faults),
        };
    }
}

/// <summary>host.json's <c>extensions.kafka</c>.</summary>
internal sealed partial record KafkaHostOptions
{
    public int MaxBatchSize { get; init; } = 64;

    public AutoOffsetReset AutoOffsetReset { get; init; } = AutoOffsetReset.Earliest;

    public int SessionTimeoutMs { get; init; } = 30_000;

    /// <summary>
    /// The name of this worker in its consumer groups, unique and the same after a restart: a killed worker gets its
    /// partitions back at once. Null: a restarted worker is a new member. Only this host has this setting.
    /// </summary>
    public string? GroupInstanceId { get; init; }

    public int MaxPollIntervalMs { get; init; } = 300_000;

    public int AutoCommitIntervalMs { get; init; } = 1_000;

    /// <summary>
    /// How long a broker waits for a record before it answers that there is none. Kafka answers earlier when a record
    /// comes; librdkafka's cluster in memory always waits for the whole time. Only this host has this setting.
    /// </summary>
    public int FetchWaitMaxMs { get; init; } = 500;

    /// <summary>Most invocations of one function at once. Only this host has this setting.</summary>
    public int MaxConcurrency { get; init; } = 16;

    /// <summary>
    /// Most records of one partition, from the oldest that is not done to the newest fetched. Only this host has this
    /// setting.
    /// </summary>
    public int MaxInFlightPerPartition { get; init; } = 512;

    /// <summary>
    /// How long a revoked partition waits for its running invocations. Only this host has this setting.
    /// </summary>
    public TimeSpan RebalanceDrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Overrides the retry count of the functions' attributes; -1 means no limit. Only this host has this setting.
    /// </summary>
    public int? MaxRetryCount { get; init; }

    /// <summary>Overrides the shortest delay of the functions' attributes. Only this host has this setting.</summary>
    public TimeSpan? MinimumRetryInterval { get; init; }

    /// <summary>Overrides the longest delay of the functions' attributes. Only this host has this setting.</summary>
    public TimeSpan? MaximumRetryInterval { get; init; }

    /// <summary>
    /// The policy of a Kafka function: each of these settings overrides what the function's attribute declares.
    /// </summary>
    public RetryPolicy? RetryOf(RetryPolicy? declared, Action<string> fault)
    {
        if (MaxRetryCount is null && MinimumRetryInterval is null && MaximumRetryInterval is null)
            return declared;
        declared ??= RetryPolicy.KafkaDefault;
        var policy = new RetryPolicy(
            MaxRetryCount ?? declared.MaxRetryCount,
            MinimumRetryInterval ?? declared.Minimum,
            MaximumRetryInterval ?? declared.Maximum
        );
        if (policy.Minimum > policy.Maximum)
            fault(
                $"with the settings of extensions.kafka.retry its shortest retry interval {policy.Minimum:c} is longer than its longest {policy.Maximum:c}"
            );
        return policy;
    }

    public static KafkaHostOptions Read(HostSettingReader reader, ICollection<string> faults)
    {
        var defaults = new KafkaHostOptions();
        if (reader.Text("extensions:kafka:commitOnFailure", "false").Equals("true", StringComparison.OrdinalIgnoreCase))
            faults.Add(
                "host.json: extensions.kafka.commitOnFailure is true, but this host never commits a record whose function failed. Set it to false."
            );

        var options = new KafkaHostOptions
        {
            MaxBatchSize = reader.Number("extensions:kafka:maxBatchSize", defaults.MaxBatchSize, 1, 10_000),
            AutoOffsetReset = reader.OneOf("extensions:kafka:autoOffsetReset", defaults.AutoOffsetReset),
            SessionTimeoutMs = reader.Number(
                "extensions:kafka:sessionTimeoutMs",
                defaults.SessionTimeoutMs,
                1_000,
                3_600_000
            ),
            GroupInstanceId = reader.Text("extensions:kafka:groupInstanceId", "") is { Length: > 0 } id ? id : null,
            MaxPollIntervalMs = reader.Number(
                "extensions:kafka:maxPollIntervalMs",
                defaults.MaxPollIntervalMs,
                1_000,
                86_400_000
            ),
            AutoCommitIntervalMs = reader.Number(
                "extensions:kafka:autoCommitIntervalMs",
                defaults.AutoCommitIntervalMs,
                10,
                60_000
            ),
            FetchWaitMaxMs = reader.Number("extensions:kafka:fetchWaitMaxMs", defaults.FetchWaitMaxMs, 1, 60_000),
            MaxConcurrency = reader.Number("extensions:kafka:maxConcurrency", defaults.MaxConcurrency, 1, 1_000),
            MaxInFlightPerPartition = reader.Number(
                "extensions:kafka:maxInFlightPerPartition",
                defaults.MaxInFlightPerPartition,
                2,
                100_000
            ),
            RebalanceDrainTimeout = reader.Duration(
                "extensions:kafka:rebalanceDrainTimeout",
                defaults.RebalanceDrainTimeout,
                TimeSpan.FromMinutes(5)
            ),
            MaxRetryCount = reader.OptionalNumber("extensions:kafka:retry:maxRetryCount", -1, 10_000),
            MinimumRetryInterval = reader.OptionalDuration(
                "extensions:kafka:retry:minimumInterval",
                TimeSpan.FromDays(1)
            ),
            MaximumRetryInterval = reader.OptionalDuration(
                "extensions:kafka:retry:maximumInterval",
                TimeSpan.FromDays(1)
            ),
        };
        if (options.GroupInstanceId is { } instance && !InstanceId.IsMatch(instance))
            faults.Add(
                $"host.json: extensions.kafka.groupInstanceId is \"{instance}\", but must be at most 150 letters, digits, dots, dashes and underscores."
            );
        if (options.MaxPollIntervalMs < options.SessionTimeoutMs)
            faults.Add("host.json: extensions.kafka.maxPollIntervalMs must not be less than sessionTimeoutMs.");
        if (options.RebalanceDrainTimeout >= TimeSpan.FromMilliseconds(options.MaxPollIntervalMs))
            faults.Add(
                "host.json: extensions.kafka.rebalanceDrainTimeout must be less than maxPollIntervalMs: the consumer is not polled during that time."
            );
        return options;
    }

    // Kafka allows 249 characters; the function's name is appended.
    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,150}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InstanceId { get; }
}
