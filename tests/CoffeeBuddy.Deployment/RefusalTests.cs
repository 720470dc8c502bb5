namespace CoffeeBuddy.Deployment;

/// <summary>Values that the schema or the rendering refuses, and what the operator reads then.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("prod", "database.connections=150", "172 connections to PostgreSQL", "database.connections 150")]
    [InlineData("default", "roles.http.replicas=6", "(14 workers + 3 during a rollout) x database.poolSize 6", "97")]
    [InlineData("test", "kafka.partitions=2", "keda.maxReplicas 3 exceeds kafka.partitions 2")]
    [InlineData("dev", "roles.kafka.replicas=4", "roles.kafka.replicas 4 exceeds kafka.partitions 3")]
    [InlineData("test", "keda.minReplicas=4", "keda.minReplicas 4 exceeds keda.maxReplicas 3")]
    [InlineData("test", "keda.fallbackReplicas=4", "keda.fallbackReplicas 4 exceeds keda.maxReplicas 3")]
    [InlineData("prod", "roles.http.autoscaling.maxReplicas=2", "roles.http.autoscaling.maxReplicas 2 is less than")]
    [InlineData("test", "kafka.username=", "kafka.securityProtocol SaslSsl needs kafka.username")]
    [InlineData("test", "settings.Oidc__IntrospectionClientId=id", "Oidc__IntrospectionClientSecret", "go together")]
    [InlineData("test", "secrets.additional={Oidc__IntrospectionClientSecret}", "go together")]
    [InlineData("test", "secrets.additional={Email__Password}", "needs Email__Username in settings")]
    [InlineData("test", "settings.Email__Host=mail", "Email__Host in settings needs Email__From")]
    [InlineData("prod", "backup.volume.claim=backups", "claim and backup.volume.nfs exclude each other")]
    [InlineData("prod", "backup.volume.nfs.path=", "server and backup.volume.nfs.path go together")]
    public async Task Limits_that_do_not_fit_together_are_refused(string set, string value, params string[] says)
    {
        foreach (var helm in (int[])[3, 4])
        {
            var errors = await RefusalAsync(helm, set, value);

            Assert.Contains("execution error", errors, StringComparison.Ordinal);
            Assert.All(says, text => Assert.Contains(text, errors, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("image.repository=", "repository")]
    [InlineData("image.repository=coffeebuddy:1.0 ", "repository")]
    [InlineData("image.digest=sha256:1", "digest")]
    [InlineData("image.pullPolicy=Sometimes", "pullPolicy")]
    [InlineData("oidc.authority=", "authority")]
    [InlineData("slack.workspaces={}", "workspaces")]
    [InlineData("slack.workspaces={company}", "workspaces")]
    [InlineData("oidc.authority=hydra.example.com", "authority")]
    [InlineData("kong.host=", "host")]
    [InlineData("kong.host=Coffee Buddy", "host")]
    [InlineData("roles.http.replicas=0", "replicas")]
    [InlineData("roles.http.replicas=many", "replicas")]
    [InlineData("roles.https.replicas=3", "https")]
    [InlineData("roles.http.resources.requests.cpu=lots", "cpu")]
    [InlineData("roles.http.resources.limits.gpu=1", "gpu")]
    [InlineData("keda.minReplicas=0", "minReplicas")]
    [InlineData("keda.lagThreshold=0", "lagThreshold")]
    [InlineData("kafka.securityProtocol=TLS", "securityProtocol")]
    [InlineData("kafka.bootstrapServers=kafka", "bootstrapServers")]
    [InlineData("database.poolSize=21", "poolSize")]
    [InlineData("settings.Slack__BotToken=xoxb-1", "Slack__BotToken")]
    [InlineData("settings.Kafka__BootstrapServers=kafka:9092", "Kafka__BootstrapServers")]
    [InlineData("settings.Sweep__Shedule=x", "Sweep__Shedule")]
    [InlineData("secrets.source=hashicorp", "source")]
    [InlineData("secrets.additional={Slack__BotToken}", "additional")]
    [InlineData("tls.transition=both", "transition")]
    [InlineData("migration.timeoutSeconds=5", "timeoutSeconds")]
    [InlineData("backup.schedule=daily", "schedule")]
    [InlineData("backup.retentionDays=0", "retentionDays")]
    [InlineData("backup.image=", "image")]
    [InlineData("backup.volume.claim=Backups", "claim")]
    [InlineData("backup.volume.nfs.path=export", "path")]
    [InlineData("backup.enabled=true", "enabled")]
    [InlineData("networkPolicy.ingress.gateway=null", "gateway")]
    [InlineData("roles.timer=null", "timer")]
    [InlineData("networkPolicy.egress.kafka.to=null", "kafka")]
    [InlineData("networkPolicy.egress.kafka.ports={0}", "ports")]
    [InlineData("monitoring.interval=often", "interval")]
    [InlineData("test.run.channel=general", "channel")]
    [InlineData("test.run.workspace=", "workspace")]
    [InlineData("replicaCount=3", "replicaCount")]
    public async Task Nonsense_is_refused_by_name(string value, string name)
    {
        foreach (var helm in (int[])[3, 4])
        {
            var errors = await RefusalAsync(helm, "test", value);

            Assert.Contains("values don't meet the specifications of the schema", errors, StringComparison.Ordinal);
            Assert.Contains(name, errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_cluster_that_is_too_old_is_refused(int helm)
    {
        var (code, _, errors) = await Chart.TemplateAsync(helm, "1.27.9", Chart.ValuesOf("prod"));

        Assert.NotEqual(0, code);
        Assert.Contains(">=1.28.0-0", errors, StringComparison.Ordinal);
    }

    private static async Task<string> RefusalAsync(int helm, string set, string value)
    {
        var (code, _, errors) = await Chart.TemplateAsync(
            helm,
            Chart.Current,
            [.. Chart.ValuesOf(set), .. Chart.Assigned(value)]
        );
        Assert.True(code != 0, $"Helm {helm} accepts {value}");
        return errors;
    }
}
