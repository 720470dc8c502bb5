namespace CoffeeBuddy.Deployment;

/// <summary>Where the secret settings come from.</summary>
public sealed class SecretTests(Chart chart)
{
    private const string Demanded = "vault.hashicorp.com/error-on-missing-key-";

    private static readonly string[] Required =
    [
        "ConnectionStrings__CoffeeBuddy",
        "Kafka__Password",
        "Kafka__RecordKey",
        "Slack__BotToken",
        "Slack__SigningSecret",
    ];

    /// <summary>May be missing: they are there during a rotation only.</summary>
    private static readonly string[] Optional = ["Kafka__AcceptedRecordKey", "Slack__PreviousSigningSecret"];

    [Fact]
    public void A_worker_gets_each_secret_from_the_named_Secret()
    {
        foreach (var pod in Workers("default"))
        {
            var secrets = FromSecret(pod);

            Assert.Equal(Required, secrets.Keys.Order(StringComparer.Ordinal));
            Assert.All(secrets, secret => Assert.Equal(("coffeebuddy", secret.Key), secret.Value));
            Assert.Equal(Optional, FromSecret(pod, optional: true).Keys.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Workers_that_read_Vault_themselves_have_a_token_for_it_and_no_secret()
    {
        var rendered = await Chart.RenderAsync([
            .. Chart.ValuesOf("default"),
            .. Chart.Assigned(
                "secrets.source=vault",
                "secrets.vault.address=https://vault:8200",
                "secrets.vault.migrationRole=coffeebuddy-migrate"
            ),
        ]);

        foreach (
            var pod in rendered.Pods.Where(pod =>
                pod.Container["name"] is JsonValue name && (string?)name is "worker" or "migrate"
            )
        )
        {
            Assert.Empty(FromSecret(pod));
            var isMigration = pod.Owner.StartsWith("Job ", StringComparison.Ordinal);
            Assert.Equal(isMigration ? "coffeebuddy/migrate" : "coffeebuddy", pod.Variable("Vault__KvPath"));
            // Another role, so that no worker can read the owner's password.
            Assert.Equal(isMigration ? "coffeebuddy-migrate" : "coffeebuddy", pod.Variable("Vault__Role"));
            Assert.Equal("/var/run/secrets/vault/token", pod.Variable("Vault__TokenFile"));
            Assert.Contains(
                pod.Container["volumeMounts"]!.AsArray(),
                mount => (string?)mount!["mountPath"] == "/var/run/secrets/vault"
            );
        }

        Assert.DoesNotContain("secretKeyRef", rendered.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Vault_Agent_stays_beside_the_workers_and_writes_changed_secrets_again()
    {
        Assert.All(Workers("test"), pod => Assert.Equal("false", Once(pod)));
        Assert.Equal("true", Once(Migration("test")));

        static string? Once(Pod pod) =>
            (string?)pod.Json["metadata"]!["annotations"]!["vault.hashicorp.com/agent-pre-populate-only"];
    }

    [Fact]
    public void Vault_Agent_writes_a_file_for_each_secret_and_nothing_is_in_a_Secret()
    {
        foreach (var pod in Workers("test"))
        {
            Assert.Empty(FromSecret(pod));
            Assert.Equal(
                Required.Concat(Optional).Order(StringComparer.Ordinal),
                Injected(pod).Keys.Order(StringComparer.Ordinal)
            );
            // Vault Agent does not stop at what may be missing.
            Assert.Equal(
                Required,
                pod.Json["metadata"]!["annotations"]!
                    .AsObject()
                    .Where(annotation => annotation.Key.StartsWith(Demanded, StringComparison.Ordinal))
                    .Select(annotation => annotation.Key[Demanded.Length..])
                    .Order(StringComparer.Ordinal)
            );
            Assert.All(
                Injected(pod).Where(file => Required.Contains(file.Key)),
                file =>
                    Assert.Equal(
                        $$$"""{{- with secret "secret/data/coffeebuddy/test" -}}{{ .Data.data.{{{file.Key}}} }}{{- end -}}""",
                        file.Value
                    )
            );
            Assert.Contains("CoffeeBuddy__SecretsFolder", pod.VariableNames);
        }
    }

    [Fact]
    public void Only_Vault_Agent_gets_a_token_and_only_for_Vault()
    {
        var volumes = chart["test"].Pods.SelectMany(pod => pod.Spec["volumes"]!.AsArray());

        var tokens = volumes.Where(volume => (string?)volume!["name"] == "vault-token").ToList();
        Assert.Equal(5, tokens.Count);
        Assert.All(
            tokens,
            token =>
                Assert.Equal("vault", (string?)token!["projected"]!["sources"]![0]!["serviceAccountToken"]!["audience"])
        );
        Assert.DoesNotContain("vault-token", chart["prod"].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("vault-token", chart["default"].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_Vault_Secrets_Operator_writes_the_Secret_that_the_workers_read_and_does_not_restart_them()
    {
        var secret = chart["prod"].Find("VaultStaticSecret", "coffeebuddy")["spec"]!;
        var keys = FromSecret(Workers("prod").First());

        Assert.Equal(
            (string?)secret["destination"]!["name"],
            keys.Values.Select(key => key.Secret).Distinct().Single()
        );
        Assert.Equal(
            keys.Keys.Concat(Optional).Select(key => $"^{key}$").Order(StringComparer.Ordinal),
            Texts(secret["destination"]!["transformation"]!["includes"]).Order(StringComparer.Ordinal)
        );
        Assert.Null(secret["rolloutRestartTargets"]);
        Assert.Contains("Email__Password", keys.Keys);
    }

    [Theory]
    [InlineData("default", "ConnectionStrings__CoffeeBuddy")]
    [InlineData("test", "ConnectionStrings__Migration")]
    [InlineData("prod", "ConnectionStrings__Migration")]
    public void The_migration_gets_one_connection_string_and_nothing_else(string set, string key)
    {
        var job = Migration(set);
        var secrets = FromSecret(job);
        if (set == "test")
            Assert.Contains(key, Assert.Single(Injected(job)).Value, StringComparison.Ordinal);
        else
            Assert.Equal(key, Assert.Single(secrets).Value.Key);
        Assert.All(
            secrets.Keys.Concat(Injected(job).Keys),
            setting => Assert.Equal("ConnectionStrings__CoffeeBuddy", setting)
        );
        Assert.Null(job.Container["envFrom"]);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("dev")]
    [InlineData("test")]
    [InlineData("prod")]
    public void The_migration_runs_before_the_release_and_uses_only_what_is_there_then(string set)
    {
        var hooks = chart[set].Manifests.Where(IsPreInstall).ToList();
        var job = Assert.Single(hooks, hook => (string?)hook["kind"] == "Job");
        var pod = Migration(set);

        // An account, and in production the Secret, are made by hooks with a lower weight.
        var earlier = hooks.Where(hook => Weight(hook) < Weight(job)).ToList();
        Assert.Contains(
            earlier,
            hook => (string?)hook["kind"] == "ServiceAccount" && hook.Name() == (string?)pod.Spec["serviceAccountName"]
        );
        var made = chart[set].OfKind("VaultStaticSecret").Select(Destination).ToList();
        var madeEarlier = earlier.Where(hook => (string?)hook["kind"] == "VaultStaticSecret").Select(Destination);
        Assert.All(
            FromSecret(pod).Values,
            key => Assert.True(!made.Contains(key.Secret) || madeEarlier.Contains(key.Secret), key.Secret)
        );
        Assert.Equal(["migrate"], Texts(pod.Container["args"]));
        // Of the ConfigMaps only the one that the values name.
        Assert.DoesNotContain("\"name\":\"coffeebuddy\"}}", pod.Json.ToJsonString(), StringComparison.Ordinal);
        Assert.All(
            hooks,
            hook =>
                Assert.Equal(
                    "before-hook-creation,hook-succeeded",
                    (string?)hook["metadata"]!["annotations"]!["helm.sh/hook-delete-policy"]
                )
        );
    }

    [Fact]
    public async Task No_password_is_asked_for_where_none_is_used()
    {
        Assert.DoesNotContain("Kafka__Password", chart["dev"].Text, StringComparison.Ordinal);
        var plain = await Chart.RenderAsync([
            .. Chart.ValuesOf("default"),
            .. Chart.Assigned("kafka.securityProtocol=Ssl"),
        ]);

        Assert.DoesNotContain("Kafka__Password", plain.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Kafka__Username", plain.Text, StringComparison.Ordinal);
    }

    private IEnumerable<Pod> Workers(string set) =>
        chart[set].Pods.Where(pod => pod.Owner.StartsWith("Deployment ", StringComparison.Ordinal));

    private Pod Migration(string set) =>
        chart[set].Pods.Single(pod => pod.Owner.StartsWith("Job ", StringComparison.Ordinal));

    /// <summary>The settings that a pod gets from a Secret, as variables or as files.</summary>
    private static Dictionary<string, (string Secret, string Key)> FromSecret(Pod pod, bool optional = false)
    {
        var variables = (pod.Container["env"] as JsonArray ?? [])
            .Where(variable => variable!["valueFrom"]?["secretKeyRef"] is not null)
            .Select(variable =>
            {
                var source = variable!["valueFrom"]!["secretKeyRef"]!;
                return ((string)variable["name"]!, (string)source["name"]!, (string)source["key"]!);
            });
        var files = pod.Spec["volumes"]!
            .AsArray()
            .Where(volume => (string?)volume!["name"] == "secrets")
            .SelectMany(volume => volume!["projected"]!["sources"]!.AsArray())
            .Select(source => source!["secret"]!)
            .Where(secret => ((bool?)secret["optional"] ?? false) == optional)
            .SelectMany(secret =>
                secret["items"]!
                    .AsArray()
                    .Select(item => ((string)item!["path"]!, (string)secret["name"]!, (string)item["key"]!))
            );
        return variables
            .Concat(files)
            .ToDictionary(secret => secret.Item1, secret => (secret.Item2, secret.Item3), StringComparer.Ordinal);
    }

    private static Dictionary<string, string> Injected(Pod pod)
    {
        const string prefix = "vault.hashicorp.com/agent-inject-template-";
        return (pod.Json["metadata"]!["annotations"] as JsonObject ?? [])
            .Where(annotation => annotation.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(annotation => annotation.Key[prefix.Length..], annotation => (string)annotation.Value!);
    }

    private static IEnumerable<string> Texts(JsonNode? array) => array!.AsArray().Select(text => (string)text!);

    private static string Destination(JsonNode secret) => (string)secret["spec"]!["destination"]!["name"]!;

    private static bool IsPreInstall(JsonNode manifest) =>
        (string?)manifest["metadata"]!["annotations"]?["helm.sh/hook"] == "pre-install,pre-upgrade";

    private static int Weight(JsonNode hook) =>
        int.Parse((string)hook["metadata"]!["annotations"]!["helm.sh/hook-weight"]!, null);
}
