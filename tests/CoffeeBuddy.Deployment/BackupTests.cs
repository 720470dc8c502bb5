namespace CoffeeBuddy.Deployment;

/// <summary>The CronJob that backs up the database.</summary>
public sealed class BackupTests(Chart chart)
{
    private const string Key = "Backup__ServiceFile";

    [Fact]
    public void It_runs_the_script_once_a_day_and_never_twice_at_the_same_time()
    {
        var job = chart["prod"].Find("CronJob")["spec"]!;

        Assert.Equal(("17 2 * * *", "Etc/UTC"), ((string?)job["schedule"], (string?)job["timeZone"]));
        Assert.Equal("Forbid", (string?)job["concurrencyPolicy"]);
        var backup = Backup("prod");
        Assert.Equal("""["sh","/scripts/backup.sh","/backup"]""", backup.Container["command"]!.ToJsonString());
        Assert.Equal("postgres:18", (string?)backup.Container["image"]);
        Assert.Equal("30", Variable(backup, "RETENTION_DAYS"));
        Assert.Equal(
            ChartFiles.Backup.Content.Trim(),
            ((string)chart["prod"].Find("ConfigMap", "-backup")["data"]!["backup.sh"]!).Trim()
        );
    }

    [Theory]
    [InlineData("test", "coffeebuddy-backups")]
    [InlineData("prod", "coffeebuddy-backup")]
    public void It_writes_to_the_named_claim_or_to_one_for_the_export(string set, string claim)
    {
        Assert.Equal(claim, (string?)Volume(Backup(set), "backup")["persistentVolumeClaim"]!["claimName"]);
        Assert.Equal(set == "prod" ? 1 : 0, chart[set].OfKind("PersistentVolumeClaim").Count());
        if (set == "test")
            return;

        var volume = chart[set].Find("PersistentVolume");
        var made = chart[set].Find("PersistentVolumeClaim");
        Assert.Equal(claim, made.Name());
        Assert.Equal(volume.Name(), (string?)made["spec"]!["volumeName"]);
        Assert.Equal(claim, (string?)volume["spec"]!["claimRef"]!["name"]);
        // No provisioner, and the backups outlive the release.
        Assert.Equal(
            ("", ""),
            ((string?)made["spec"]!["storageClassName"], (string?)volume["spec"]!["storageClassName"])
        );
        Assert.Equal("Retain", (string?)volume["spec"]!["persistentVolumeReclaimPolicy"]);
        Assert.Equal(
            """{"server":"nas.example.com","path":"/export/coffeebuddy"}""",
            volume["spec"]!["nfs"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task It_gets_its_login_and_no_other_secret_from_each_source()
    {
        var existing = await Chart.RenderAsync([
            .. Chart.ValuesOf("default"),
            .. Chart.Assigned("backup.volume.claim=backups"),
        ]);
        foreach (
            var (rendering, secret) in (IEnumerable<(Rendering, string)>)
                [(existing, "coffeebuddy"), (chart["prod"], "coffeebuddy-backup")]
        )
        {
            var backup = Backup(rendering);
            var volume = Volume(backup, "service")["secret"]!;
            Assert.Equal(secret, (string?)volume["secretName"]);
            Assert.Equal(Key, (string?)Assert.Single(volume["items"]!.AsArray())!["key"]);
            Assert.Equal($"/etc/coffeebuddy/backup/{Key}", Variable(backup, "PGSERVICEFILE"));
        }

        var made = chart["prod"].Find("VaultStaticSecret", "-backup")["spec"]!;
        Assert.Equal("coffeebuddy-backup", (string?)made["destination"]!["name"]);
        Assert.Equal($"""["^{Key}$"]""", made["destination"]!["transformation"]!["includes"]!.ToJsonString());
        Assert.Equal(
            (string?)Backup("prod").Spec["serviceAccountName"],
            (string?)
                chart["prod"].Find("VaultAuth", (string)made["vaultAuthRef"]!)["spec"]!["kubernetes"]!["serviceAccount"]
        );
    }

    [Fact]
    public void Vault_Agent_writes_its_login_into_a_file()
    {
        var backup = Backup("test");
        var annotations = backup.Json["metadata"]!["annotations"]!.AsObject();

        Assert.Equal(
            [$"vault.hashicorp.com/agent-inject-secret-{Key}"],
            annotations
                .Select(each => each.Key)
                .Where(name => name.Contains("inject-secret-", StringComparison.Ordinal))
        );
        // Ends when it has written the file: an agent that goes on would keep the Job from ending.
        Assert.Equal("true", (string?)annotations["vault.hashicorp.com/agent-pre-populate-only"]);
        Assert.Equal($"/vault/secrets/{Key}", Variable(backup, "PGSERVICEFILE"));
        Assert.DoesNotContain(backup.Spec["volumes"]!.AsArray(), volume => volume!["secret"] is not null);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("prod")]
    public void It_checks_the_server_by_the_companys_certificates_and_names_no_password(string set)
    {
        var backup = Backup(set);

        Assert.Equal("/etc/coffeebuddy/ca/ca.crt", Variable(backup, "PGSSLROOTCERT"));
        Assert.Equal(["PGSERVICE", "PGSERVICEFILE", "PGSSLROOTCERT", "RETENTION_DAYS"], backup.VariableNames);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("dev")]
    public void Without_a_volume_there_is_none(string set)
    {
        Assert.Empty(chart[set].OfKind("CronJob"));
        Assert.DoesNotContain(
            chart[set].Manifests,
            manifest => manifest.Name().EndsWith("-backup", StringComparison.Ordinal)
        );
    }

    private Pod Backup(string set) => Backup(chart[set]);

    private static Pod Backup(Rendering rendering) =>
        rendering.Pods.Single(pod => pod.Owner.StartsWith("CronJob ", StringComparison.Ordinal));

    private static JsonNode Volume(Pod pod, string name) =>
        Assert.Single(pod.Spec["volumes"]!.AsArray(), volume => (string?)volume!["name"] == name)!;

    private static string? Variable(Pod pod, string name) =>
        (string?)pod.Container["env"]!.AsArray().Single(variable => (string?)variable!["name"] == name)!["value"];
}
