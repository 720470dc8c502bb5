using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace MockKafka;

/// <summary>
/// A Kafka cluster in this process: librdkafka's mock brokers, which use the real protocol over TCP on 127.0.0.1, so
/// that other processes can connect too. Consumer groups, commits, cooperative rebalancing, headers and injected faults
/// work.
/// <para>
/// Limits: all data is in memory; a partition keeps 5 MiB and then silently drops its oldest records; duplicates of an
/// idempotent producer are not removed; transactions have no effect; a topic that was not created here gets 4
/// partitions on first use. Source: rdkafka_mock.h of librdkafka 2.16.
/// </para>
/// </summary>
public sealed class MockKafkaCluster : IDisposable
{
    private readonly Lock _gate = new();
    private nint _client;
    private nint _cluster;

    private MockKafkaCluster(int brokers)
    {
        Brokers = brokers;
        _client = NewClient();
        _cluster = Native.rd_kafka_mock_cluster_new(_client, brokers);
        if (_cluster == 0)
        {
            Native.rd_kafka_destroy(_client);
            throw new InvalidOperationException($"librdkafka could not start {brokers} mock broker(s).");
        }

        BootstrapServers = Marshal.PtrToStringUTF8(Native.rd_kafka_mock_cluster_bootstraps(_cluster))!;
    }

    /// <summary>The kinds of request that can fail on demand. The values are Kafka's API keys.</summary>
    public enum Request : short
    {
        Produce = 0,
        Fetch = 1,
        ListOffsets = 2,
        Metadata = 3,
        OffsetCommit = 8,
        OffsetFetch = 9,
        FindCoordinator = 10,
        JoinGroup = 11,
        Heartbeat = 12,
        LeaveGroup = 13,
        SyncGroup = 14,
        InitProducerId = 22,
    }

    /// <summary>
    /// The brokers' addresses, <c>127.0.0.1:port</c>, separated by commas. A broker keeps its port while it is down.
    /// </summary>
    public string BootstrapServers { get; }

    /// <summary>Number of brokers. Their ids start at 1.</summary>
    public int Brokers { get; }

    /// <summary>
    /// Starts the brokers on free ports and creates the topics, replicated on every broker (at most 3).
    /// </summary>
    public static MockKafkaCluster Start(int brokers = 1, IEnumerable<(string Topic, int Partitions)>? topics = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(brokers, 1);
        var cluster = new MockKafkaCluster(brokers);
        try
        {
            // The default is 3 s, for the first consumer of each group.
            cluster.SetInitialRebalanceDelay(TimeSpan.FromMilliseconds(100));
            foreach (var (topic, partitions) in topics ?? [])
                cluster.CreateTopic(topic, partitions);
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    public void CreateTopic(string topic, int partitions) =>
        Check(cluster => Native.rd_kafka_mock_topic_create(cluster, topic, partitions, Math.Min(Brokers, 3)));

    /// <summary>
    /// The broker closes its connections and refuses new ones until <see cref="BrokerUp"/>. It keeps its records and
    /// its port.
    /// </summary>
    public void BrokerDown(int broker = 1)
    {
        // The port is bound again at once. If a forked process still has the old socket, that fails and librdkafka
        // aborts this process.
        lock (ForkGate.Gate)
            Check(cluster => Native.rd_kafka_mock_broker_set_down(cluster, broker));
    }

    public void BrokerUp(int broker = 1) => Check(cluster => Native.rd_kafka_mock_broker_set_up(cluster, broker));

    public void AllBrokersDown()
    {
        for (var broker = 1; broker <= Brokers; broker++)
            BrokerDown(broker);
    }

    public void AllBrokersUp()
    {
        for (var broker = 1; broker <= Brokers; broker++)
            BrokerUp(broker);
    }

    /// <summary>Delays every answer of the broker, in whole milliseconds. Zero removes the delay.</summary>
    public void SetRoundTrip(TimeSpan delay, int broker = 1) =>
        Check(cluster => Native.rd_kafka_mock_broker_set_rtt(cluster, broker, (int)delay.TotalMilliseconds));

    /// <summary>
    /// The next requests of this kind, at any broker, fail with these errors: one request per error, in this order.
    /// <see cref="ErrorCode.Local_Transport"/> closes the connection without an answer.
    /// </summary>
    public void FailNext(Request request, params ErrorCode[] errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var codes = Array.ConvertAll(errors, error => (int)error);
        Run(cluster =>
            Native.rd_kafka_mock_push_request_errors_array(cluster, (short)request, (nuint)codes.Length, codes)
        );
    }

    /// <summary>Removes the remaining failures of <see cref="FailNext"/>.</summary>
    public void ClearFailures(Request request) =>
        Run(cluster => Native.rd_kafka_mock_clear_request_errors(cluster, (short)request));

    /// <summary>Requests for this topic fail with this error; <see cref="ErrorCode.NoError"/> ends that.</summary>
    public void SetTopicError(string topic, ErrorCode error) =>
        Run(cluster => Native.rd_kafka_mock_topic_set_error(cluster, topic, (int)error));

    /// <summary>Makes this broker the leader of the partition; -1 for no leader.</summary>
    public void SetLeader(string topic, int partition, int broker) =>
        Check(cluster => Native.rd_kafka_mock_partition_set_leader(cluster, topic, partition, broker));

    /// <summary>Makes this broker the coordinator of the consumer group.</summary>
    public void SetCoordinator(string group, int broker) =>
        Check(cluster => Native.rd_kafka_mock_coordinator_set(cluster, "group", group, broker));

    /// <summary>Time that a new group waits for more members before its first assignment; 100 ms by default.</summary>
    public void SetInitialRebalanceDelay(TimeSpan delay) =>
        Run(cluster => Native.rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, (int)delay.TotalMilliseconds));

    public void Dispose()
    {
        lock (_gate)
        {
            if (_cluster == 0)
                return;
            Native.rd_kafka_mock_cluster_destroy(_cluster);
            Native.rd_kafka_destroy(_client);
            _cluster = _client = 0;
        }
    }

    private static nint NewClient()
    {
        var configuration = Native.rd_kafka_conf_new();
        var error = new byte[512];
        // The client that owns the cluster has no brokers, and would log that to stderr.
        var set = Native.rd_kafka_conf_set(configuration, "log_level", "2", error, (nuint)error.Length);
        var client = set == 0 ? Native.rd_kafka_new(0, configuration, error, (nuint)error.Length) : 0;
        if (client != 0)
            return client; // The client owns the configuration now.

        Native.rd_kafka_conf_destroy(configuration);
        throw new InvalidOperationException(
            $"librdkafka did not start: {Encoding.UTF8.GetString(error).TrimEnd('\0')}"
        );
    }

    private void Check(Func<nint, int> call, [CallerMemberName] string what = "")
    {
        var code = 0;
        Run(cluster => code = call(cluster));
        if (code != 0)
            throw new KafkaException(new Error((ErrorCode)code, $"The mock cluster refused {what}: {(ErrorCode)code}"));
    }

    private void Run(Action<nint> call)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            call(_cluster);
        }
    }

    /// <summary>The C functions of the library in the Confluent.Kafka package.</summary>
    [SuppressMessage(
        "Interoperability",
        "SYSLIB1054",
        Justification = "LibraryImport needs unsafe blocks; these calls are rare."
    )]
    [SuppressMessage("Style", "IDE1006", Justification = "Names of the C library.")]
    private static class Native
    {
        private const string Library = "librdkafka";

        static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern nint rd_kafka_conf_new();

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern void rd_kafka_conf_destroy(nint conf);

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int rd_kafka_conf_set(
            nint conf,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
            [In, Out] byte[] error,
            nuint size
        );

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern nint rd_kafka_new(int type, nint conf, [In, Out] byte[] error, nuint size);

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern void rd_kafka_destroy(nint client);

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern nint rd_kafka_mock_cluster_new(nint client, int brokers);

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern void rd_kafka_mock_cluster_destroy(nint cluster);

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern nint rd_kafka_mock_cluster_bootstraps(nint cluster);

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int rd_kafka_mock_topic_create(
            nint cluster,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string topic,
            int partitions,
            int replicas
        );

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern void rd_kafka_mock_topic_set_error(
            nint cluster,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string topic,
            int error
        );

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int rd_kafka_mock_broker_set_down(nint cluster, int broker);

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int rd_kafka_mock_broker_set_up(nint cluster, int broker);

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int rd_kafka_mock_broker_set_rtt(nint cluster, int broker, int milliseconds);

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern void rd_kafka_mock_push_request_errors_array(
            nint cluster,
            short request,
            nuint count,
            int[] errors
        );

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern void rd_kafka_mock_clear_request_errors(nint cluster, short request);

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int rd_kafka_mock_partition_set_leader(
            nint cluster,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string topic,
            int partition,
            int broker
        );

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int rd_kafka_mock_coordinator_set(
            nint cluster,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string type,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string key,
            int broker
        );

        [DllImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int milliseconds);

        // librdkafka.so needs the libsasl2 of Red Hat distributions; centos8-librdkafka runs on Debian,
        // alpine-librdkafka on Alpine. The search uses Confluent.Kafka's assembly, whose deps.json entry lists the
        // runtimes folders, and its order, so that both load the same copy.
        private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
        {
            if (name != Library)
                return 0;
            foreach (var candidate in (string[])["librdkafka", "centos8-librdkafka", "alpine-librdkafka"])
            {
                if (NativeLibrary.TryLoad(candidate, typeof(Error).Assembly, searchPath: null, out var handle))
                    return handle;
            }

            return 0;
        }
    }
}
