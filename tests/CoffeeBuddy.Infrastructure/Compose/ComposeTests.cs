using System.Text.RegularExpressions;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Infrastructure.Compose;

/// <summary>deploy/compose.yaml: the whole stack on one machine. It was not started where this was built.</summary>
public sealed partial class ComposeTests(ComposeFile stack) : IClassFixture<ComposeFile>
{
    [Fact]
    public void Every_field_is_one_of_the_Compose_Specification() => Assert.Empty(stack.Faults);

    [Fact]
    public void An_unknown_field_or_a_wrong_value_is_found()
    {
        Assert.Contains(stack.FaultsOfBroken, fault => fault.EndsWith(" readonly", StringComparison.Ordinal));
        Assert.Contains(stack.FaultsOfBroken, fault => fault.Contains("must be array", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_service_names_exists()
    {
        foreach (var service in stack.Services)
        {
            Assert.All(service.DependsOn.Keys, name => Assert.Contains(stack.Services, other => other.Name == name));
            if (service.Network is { } network)
                Assert.Contains(stack.Services, other => other.Name == network);
            foreach (var (source, _) in service.Mounts)
            {
                if (source.StartsWith('.'))
                    Assert.True(Path.Exists(Repository.File(ComposeFile.Folder, source)), $"{service.Name}: {source}");
                else
                    Assert.Contains(source, stack.Volumes);
            }
        }

        Assert.Empty(
            stack.Volumes.Except(stack.Services.SelectMany(service => service.Mounts).Select(mount => mount.Source))
        );
    }

    [Fact]
    public void A_file_that_a_container_runs_or_reads_is_mounted_into_it()
    {
        foreach (var service in stack.Services)
        {
            var paths = service
                .Arguments.Concat(service.Environment.Values)
                .SelectMany(text => MountedPath().Matches(text))
                .Select(match => match.Groups["path"].Value);
            Assert.All(
                paths,
                path =>
                    Assert.True(
                        service.Mounts.Any(mount =>
                            (path + "/").StartsWith(mount.Target + "/", StringComparison.Ordinal)
                        ),
                        $"{service.Name} has no {path}"
                    )
            );
            Assert.All(
                paths.Where(path => path.StartsWith("/compose/", StringComparison.Ordinal)),
                path => Assert.True(File.Exists(Repository.File("deploy", path[1..])), $"{service.Name} has no {path}")
            );
        }
    }

    [Fact]
    public void What_runs_once_is_waited_for_to_succeed_and_nothing_else_is()
    {
        foreach (var service in stack.Services)
        {
            foreach (var (name, condition) in service.DependsOn)
            {
                var runsOnce = (string?)stack[name].Json["restart"] is null or "no";
                Assert.True(
                    runsOnce == (condition == "service_completed_successfully"),
                    $"{service.Name} waits for {name}: {condition}"
                );
                if (condition == "service_healthy")
                    Assert.NotNull(stack[name].Json["healthcheck"]);
            }
        }
    }

    [Fact]
    public void Every_setting_of_our_containers_is_documented()
    {
        var settings = Documentation.Settings();

        Assert.All(
            stack.Workers.Values.Append(stack["migrate"]).SelectMany(worker => worker.Environment.Keys),
            name => Assert.Contains(Documentation.WithoutIndex(name), settings)
        );
        // Vault Agent writes the others.
        var agent = File.ReadAllText(Repository.File("deploy", "compose", "vault-agent.hcl"));
        Assert.All(
            SecretFile().Matches(agent).Select(match => match.Groups["name"].Value),
            name => Assert.Contains(name, settings)
        );
    }

    [Fact]
    public void The_workers_have_the_three_roles()
    {
        Assert.Equal(
            WorkerRoles
                .Functions.Select(role => (role.Key, string.Join(' ', role.Value.Order(StringComparer.Ordinal))))
                .Order(),
            stack
                .Workers.Select(worker =>
                    (
                        worker.Key,
                        string.Join(
                            ' ',
                            worker
                                .Value.Environment.Where(variable =>
                                    variable.Key.StartsWith(
                                        "AzureFunctionsJobHost__functions__",
                                        StringComparison.Ordinal
                                    )
                                )
                                .Select(variable => variable.Value)
                                .Order(StringComparer.Ordinal)
                        )
                    )
                )
                .Order()
        );
    }

    [Fact]
    public void Every_image_has_an_exact_version()
    {
        Assert.All(
            stack.Services.Where(service => !service.IsBuilt),
            service => Assert.Matches(@":v?[0-9]+\.[0-9]+(\.[0-9]+)?(-[a-z]+)?$", service.Image)
        );
        Assert.All(
            stack.Services.Where(service => service.IsBuilt),
            service => Assert.EndsWith(":compose", service.Image, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Only_Kong_and_Grafana_can_be_reached_and_only_from_this_machine()
    {
        Assert.Equal(
            ["grafana 127.0.0.1:3000:3000", "kong 127.0.0.1:8443:8443"],
            stack
                .Services.SelectMany(service => service.Ports.Select(port => $"{service.Name} {port}"))
                .Order(StringComparer.Ordinal)
        );
        Assert.All(stack.Services, service => Assert.NotEqual("host", (string?)service.Json["network_mode"]));
    }

    [Fact]
    public async Task Every_password_is_made_by_the_script_and_none_is_in_the_file()
    {
        var folder = Directory.CreateTempSubdirectory("coffeebuddy-compose-").FullName;
        try
        {
            await Programs.RunAsync("bash", ["deploy/compose/prepare.sh", folder]);
            var file = Path.Combine(folder, ".env");
            var written = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

            // A second run keeps the passwords that the volumes hold.
            await Programs.RunAsync("bash", ["deploy/compose/prepare.sh", folder]);
            Assert.Equal(written, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));

            var made = written
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('='))
                .ToList();
            Assert.All(made, pair => Assert.Matches("^(xoxb-)?[0-9a-f]{48}$", pair[1]));
            Assert.Equal(made.Count, made.Select(pair => pair[1]).Distinct().Count());
            Assert.Equal(
                made.Select(pair => pair[0]).Order(StringComparer.Ordinal),
                Interpolated()
                    .Matches(stack.Text)
                    .Select(match => match.Groups["name"].Value)
                    .Distinct()
                    .Order(StringComparer.Ordinal)
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Assert.All(
            stack
                .Services.SelectMany(service => service.Environment)
                .Where(variable => SecretName().IsMatch(variable.Key)),
            variable => Assert.StartsWith("${", variable.Value, StringComparison.Ordinal)
        );
        Assert.Contains(
            "deploy/.env",
            await File.ReadAllLinesAsync(Repository.File(".gitignore"), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public void The_same_files_are_used_as_elsewhere()
    {
        Assert.Equal(
            [
                "../helm/coffeebuddy/files/smoke.sh",
                "./grafana/coffeebuddy.json",
                "./kafka",
                "./kong",
                "./kong/kong.conf",
                "./postgresql/roles.sql",
                "./prometheus/coffeebuddy.rules.yaml",
            ],
            stack
                .Services.SelectMany(service => service.Mounts)
                .Select(mount => mount.Source)
                .Where(source => source.StartsWith('.') && !source.StartsWith("./compose", StringComparison.Ordinal))
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Prometheus_scrapes_every_worker_and_Kong_under_names_that_exist()
    {
        var jobs = Yaml.Read("deploy", "compose", "prometheus.yml").Single().List("scrape_configs");
        var targets = jobs.ToDictionary(
            job => job.Text("job_name"),
            job => job.List("static_configs").Single().Texts("targets")
        );

        Assert.Equal(stack.Workers.Values.Select(worker => $"{worker.Name}:9090"), targets["coffeebuddy"]);
        Assert.Equal(["kong:8100"], targets["kong"]);
        Assert.Equal(2, targets.Count);
    }

    [GeneratedRegex(
        @"(?<!\w)(?<path>/(compose|ca|tls|secrets|kong|source|kafka|test|etc/kafka/secrets|etc/hydra)/[\w./-]+)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex MountedPath();

    [GeneratedRegex(@"/secrets/\w+/(?<name>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretFile();

    [GeneratedRegex(@"\$\{(?<name>\w+):\?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Interpolated();

    [GeneratedRegex("PASSWORD|SECRET($|S_|_)|TOKEN", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretName();
}
