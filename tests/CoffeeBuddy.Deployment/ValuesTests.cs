namespace CoffeeBuddy.Deployment;

/// <summary>The schema of the values, and what is made from it.</summary>
public sealed class ValuesTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(
        File.ReadAllText(Repository.File("helm", "coffeebuddy", "values.schema.json"))
    )!;

    [Fact]
    public void Every_object_refuses_what_it_does_not_name()
    {
        var objects = Objects(Schema).ToList();

        Assert.True(objects.Count > 30);
        // Labels have any name: their values must be texts.
        Assert.All(
            objects,
            each =>
                Assert.True(
                    each["additionalProperties"] switch
                    {
                        JsonValue refuses => !(bool)refuses,
                        JsonObject texts => (string?)texts["type"] == "string" && each["properties"] is null,
                        _ => false,
                    },
                    each.ToJsonString()
                )
        );
    }

    [Fact]
    public void Every_value_that_is_not_secret_and_has_none_of_its_own_can_be_set_by_its_documented_name()
    {
        var settings = Schema["properties"]!["settings"]!["properties"]!.AsObject().Select(setting => setting.Key);
        string[] lists =
        [
            "CoffeeBuddy__Admins",
            "CoffeeBuddy__Drinks",
            "CoffeeBuddy__Sizes",
            "CoffeeBuddy__Customizations",
        ];
        string[] ofTheChart =
        [
            "ASPNETCORE_URLS",
            "AzureFunctionsJobHost__extensions__http__managementPort",
            "AzureFunctionsJobHost__extensions__kafka__groupInstanceId",
            "AzureFunctionsJobHost__functions",
            "CoffeeBuddy__Database__MaxPoolSize",
            "CoffeeBuddy__SecretsFolder",
            "CoffeeBuddy__Workspaces",
            "ConnectionStrings__CoffeeBuddy",
            "CoffeeBuddy__Database__Password",
            "CoffeeBuddy__Database__Username",
            "Email__Password",
            "Https__CertificateFile",
            "Https__ClientCaFile",
            "Https__KeyFile",
            "Kafka__BootstrapServers",
            "Kafka__ConsumerGroup",
            "Kafka__AcceptedRecordKey",
            "Kafka__Password",
            "Kafka__RecordKey",
            "Kafka__SaslMechanism",
            "Kafka__SecurityProtocol",
            "Kafka__SslCaLocation",
            "Kafka__SslCertificateLocation",
            "Kafka__SslKeyLocation",
            "Kafka__SslKeyPassword",
            "Kafka__Username",
            "Oidc__Audience",
            "Oidc__Authority",
            "Oidc__IntrospectionClientSecret",
            "SSL_CERT_DIR",
            "SSL_CERT_FILE",
            "Slack__AppToken",
            "Slack__BotToken",
            "Slack__PreviousSigningSecret",
            "Slack__Proxy",
            "Slack__SigningSecret",
            "Vault__Address",
            "Vault__AuthMount",
            "Vault__CaFile",
            "Vault__DatabaseMount",
            "Vault__DatabaseRole",
            "Vault__KvMount",
            "Vault__KvPath",
            "Vault__Namespace",
            "Vault__Role",
            "Vault__TokenFile",
        ];
        string[] ofTheSandbox = ["Clock__Url"];

        Assert.Equal(
            Documentation.Settings().Order(StringComparer.Ordinal),
            settings.Concat(lists).Concat(ofTheChart).Concat(ofTheSandbox).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_table_of_the_values_is_generated_from_the_schema()
    {
        const string begin = "<!-- values: generated -->\n";
        const string end = "<!-- end of values -->\n";
        var path = Path.Combine("helm", "coffeebuddy", "README.md");
        var readme = await File.ReadAllTextAsync(Repository.File(path), TestContext.Current.CancellationToken);
        var before = readme[..(readme.IndexOf(begin, StringComparison.Ordinal) + begin.Length)];
        var after = readme[readme.IndexOf(end, StringComparison.Ordinal)..];

        Reviewed.Check(path, before + await NodeTools.RunAsync("values.mjs") + after);
    }

    [Fact]
    public async Task The_defaults_of_the_schema_are_those_of_the_values()
    {
        Assert.Equal("", await NodeTools.RunAsync("values.mjs", JsonValue.Create("differences")));
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) =>
        node switch
        {
            JsonObject each => (IsObject(each) ? [each] : Array.Empty<JsonObject>()).Concat(
                each.Where(part => part.Key != "default").SelectMany(part => Objects(part.Value))
            ),
            JsonArray array => array.SelectMany(Objects),
            _ => [],
        };

    private static bool IsObject(JsonObject schema) => (schema["type"] as JsonValue)?.ToString() == "object";
}
