using System.Security.Cryptography.X509Certificates;

namespace CoffeeBuddy.Infrastructure.Compose;

/// <summary>deploy/compose: the scripts that run in containers.</summary>
public sealed class CertificateTests
{
    public static TheoryData<string> Scripts =>
        [
            .. Directory
                .GetFiles(Repository.File("deploy", "compose"), "*.sh")
                .Select(file => Path.GetRelativePath(Repository.Root, file)),
        ];

    [Fact]
    public async Task Each_server_gets_a_certificate_for_its_name_from_one_authority()
    {
        var folder = Directory.CreateTempSubdirectory("coffeebuddy-compose-").FullName;
        try
        {
            var (code, _, errors) = await RunAsync(folder);
            Assert.True(code == 0, errors);

            using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "ca", "ca.crt"));
            foreach (
                var server in Directory
                    .GetDirectories(folder)
                    .Select(path => Path.GetFileName(path))
                    .Where(name => name != "ca")
            )
            {
                using var certificate = X509Certificate2.CreateFromPemFile(
                    Path.Combine(folder, server, "tls.crt"),
                    Path.Combine(folder, server, "tls.key")
                );
                using var chain = new X509Chain
                {
                    ChainPolicy =
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        RevocationMode = X509RevocationMode.NoCheck,
                        CustomTrustStore = { authority },
                    },
                };
                Assert.True(
                    chain.Build(certificate),
                    $"{server}: {string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation))}"
                );
                Assert.True(certificate.MatchesHostname(server));
                // Kafka's permissions name the subject.
                Assert.Equal($"CN={server}", certificate.Subject);
            }

            Assert.Equal(
                File.ReadAllText(Path.Combine(folder, "kafka-1", "tls.key"))
                    + File.ReadAllText(Path.Combine(folder, "kafka-1", "tls.crt")),
                File.ReadAllText(Path.Combine(folder, "kafka-1", "keystore.pem"))
            );
            if (!OperatingSystem.IsWindows())
                Assert.Equal(
                    UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    File.GetUnixFileMode(Path.Combine(folder, "postgresql", "tls.key"))
                );

            await RunAsync(folder);
            using var second = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "ca", "ca.crt"));
            Assert.Equal(authority.Thumbprint, second.Thumbprint);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_script_is_valid(string script)
    {
        var text = await File.ReadAllTextAsync(Repository.File(script), TestContext.Current.CancellationToken);
        var shell = text.StartsWith("#!/bin/sh\n", StringComparison.Ordinal) ? "sh" : "bash";

        Assert.Equal((0, "", ""), await Programs.RunAsync(shell, ["-n", script]));
        Assert.Contains("\nset -eu", text, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output, string Errors)> RunAsync(string folder) =>
        Programs.RunAsync("sh", ["deploy/compose/certificates.sh", folder]);
}
