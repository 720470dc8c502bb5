using CoffeeBuddy.Functions.Secrets;
using Microsoft.Extensions.Configuration;

namespace CoffeeBuddy.Functions.Tests;

public sealed class SecretFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coffeebuddy-secrets-");

    [Theory]
    [InlineData("ConnectionStrings__CoffeeBuddy", "Host=db;Password=a=b", "ConnectionStrings:CoffeeBuddy")]
    [InlineData("slack__bottoken", "xoxb-1\n", "Slack:BotToken")]
    public void A_file_is_the_setting_of_its_name(string file, string content, string setting)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, file), content);

        var configuration = Read(_folder.FullName);

        Assert.Equal(content.TrimEnd('\n'), configuration[setting]);
    }

    [Fact]
    public void A_file_overrides_what_was_configured_before()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "Kafka__Password"), "new");

        var configuration = Read(_folder.FullName, new KeyValuePair<string, string?>("Kafka:Password", "old"));

        Assert.Equal("new", configuration["Kafka:Password"]);
    }

    [Fact]
    public void All_values_of_a_mounted_Secret_are_of_one_version()
    {
        // As the kubelet leaves them for a moment: the new version is there, the links of its keys are the old ones.
        Version("..1", ("Slack__SigningSecret", "old"), ("Slack__PreviousSigningSecret", "older"));
        foreach (var key in (string[])["Slack__SigningSecret", "Slack__PreviousSigningSecret"])
            File.CreateSymbolicLink(Path.Combine(_folder.FullName, key), Path.Combine("..data", key));
        Version("..2", ("Slack__SigningSecret", "new"), ("Kafka__AcceptedRecordKey", "next"));

        var configuration = Read(_folder.FullName);

        Assert.Equal("new", configuration["Slack:SigningSecret"]);
        Assert.Equal("next", configuration["Kafka:AcceptedRecordKey"]);
        Assert.Null(configuration["Slack:PreviousSigningSecret"]);

        void Version(string name, params (string Key, string Value)[] values)
        {
            var version = _folder.CreateSubdirectory(name);
            foreach (var (key, value) in values)
                File.WriteAllText(Path.Combine(version.FullName, key), value);
            var data = Path.Combine(_folder.FullName, "..data");
            File.Delete(data);
            Directory.CreateSymbolicLink(data, name);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/no/such/folder")]
    public void Without_a_folder_there_are_no_settings(string? folder) => Assert.Empty(Read(folder).AsEnumerable());

    public void Dispose() => _folder.Delete(recursive: true);

    private static IConfiguration Read(string? folder, params KeyValuePair<string, string?>[] before)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(before);
        configuration.AddSecrets(folder);
        return configuration.Build();
    }
}
