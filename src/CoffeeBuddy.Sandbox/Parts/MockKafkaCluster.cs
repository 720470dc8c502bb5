using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>
/// A Kafka cluster inside this process: librdkafka's own mock brokers, which speak the real protocol over TCP on
/// 127.0.0.1, so that other processes can connect too. Consumer groups, commits, cooperative rebalancing and headers
/// work, and faults come on demand.
/// <para>
/// Its limits: everything is in memory; a partition keeps 5 MiB and then drops its oldest records without a word;
/// duplicates of an idempotent producer are not removed; transactions are decorative; a topic that was not created
/// here gets 4 partitions on first use. Source: rdkafka_mock.h of librdkafka 2.16.
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

    /// <summary>The kinds of request that can be made to fail; the values are Kafka's API keys.</summary>
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

    /// <summary>The brokers' addresses, <c>127.0.0.1:port</c> with commas between. They stay the same while a broker is down.</summary>
    public string BootstrapServers { get; }

    /// <summary>How many brokers there are. Their ids count from 1.</summary>
    public int Brokers { get; }

    /// <summary>Starts the brokers on free ports and creates the topics, replicated on every broker (at most 3).</summary>
    public static MockKafkaCluster Start(int brokers = 1, IEnumerable<(string Topic, int Partitions)>? topics = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(brokers, 1);
        var cluster = new MockKafkaCluster(brokers);
        try
        {
            // The broker's own default of 3 s would be spent by every first consumer of a group.
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

    /// <summary>The broker closes its connections and refuses new ones until <see cref="BrokerUp"/>. What it holds is kept, its port too.</summary>
    public void BrokerDown(int broker = 1)
    {
        // The port is bound anew at once, and librdkafka ends the whole process when a fork has the old socket still.
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

    /// <summary>Every answer of the broker takes this long (whole milliseconds); zero turns it off.</summary>
    public void SetRoundTrip(TimeSpan delay, int broker = 1) =>
        Check(cluster => Native.rd_kafka_mock_broker_set_rtt(cluster, broker, (int)delay.TotalMilliseconds));

    /// <summary>
    /// The next requests of this kind, to whichever broker, fail with these errors, one request each, in this order.
    /// <see cref="ErrorCode.Local_Transport"/> cuts the connection instead of answering.
    /// </summary>
    public void FailNext(Request request, params ErrorCode[] errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var codes = Array.ConvertAll(errors, error => (int)error);
        Run(cluster =>
            Native.rd_kafka_mock_push_request_errors_array(cluster, (short)request, (nuint)codes.Length, codes)
        );
    }

    /// <summary>Forgets the failures that <see cref="FailNext"/> left over.</summary>
    public void ClearFailures(Request request) =>
        Run(cluster => Native.rd_kafka_mock_clear_request_errors(cluster, (short)request));

    /// <summary>The topic answers every request with this error; <see cref="ErrorCode.NoError"/> heals it.</summary>
    public void SetTopicError(string topic, ErrorCode error) =>
        Run(cluster => Native.rd_kafka_mock_topic_set_error(cluster, topic, (int)error));

    /// <summary>Makes this broker the partition's leader; -1 leaves the partition without one.</summary>
    public void SetLeader(string topic, int partition, int broker) =>
        Check(cluster => Native.rd_kafka_mock_partition_set_leader(cluster, topic, partition, broker));

    /// <summary>Makes this broker the coordinator of the consumer group.</summary>
    public void SetCoordinator(string group, int broker) =>
        Check(cluster => Native.rd_kafka_mock_coordinator_set(cluster, "group", group, broker));

    /// <summary>How long a new group waits for more members before its first assignment. 100 ms unless set.</summary>
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
        // The client behind the cluster has no brokers of its own and would say so on stderr.
        var set = Native.rd_kafka_conf_set(configuration, "log_level", "2", error, (nuint)error.Length);
        var client = set == 0 ? Native.rd_kafka_new(0, configuration, error, (nuint)error.Length) : 0;
        if (client != 0)
            return client; // It owns the configuration now.

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
            throw new KafkaException(
                new Error((ErrorCode)code, $"{what} was refused by the mock cluster: {(ErrorCode)code}")
            );
    }

    private void Run(Action<nint> call)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            call(_cluster);
        }
    }

    /// <summary>The C functions, from the very library that Confluent.Kafka brings along.</summary>
    [SuppressMessage(
        "Interoperability",
        "SYSLIB1054",
        Justification = "Generated marshalling needs unsafe blocks in every project that links this file."
    )]
    [SuppressMessage("Style", "IDE1006", Justification = "The names are the C library's.")]
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

        // librdkafka.so wants the libsasl2 of Red Hat's family; Debian's family takes centos8-librdkafka, Alpine its own.
        // Looked up on behalf of Confluent.Kafka's assembly, whose entry in deps.json lists the runtimes folders, and in
        // its order, so that both share one copy.
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
