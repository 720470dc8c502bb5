using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace CoffeeBuddy.Benchmarks.Micro;

/// <summary>Measures the hot parts by themselves with BenchmarkDotNet.</summary>
internal static class MicroCommand
{
    private static readonly Type[] Parts =
    [
        typeof(RequestBenchmarks),
        typeof(ViewBenchmarks),
        typeof(RuleBenchmarks),
        typeof(HostBenchmarks),
    ];

    public static Command Create()
    {
        var check = new Option<bool>("--check") { Description = "Compare the allocations with the baseline, only" };
        var write = new Option<bool>("--write") { Description = "Make the allocations of now the baseline" };
        var micro = new Command(
            "micro",
            """
            Measures time and allocations of the hot parts by themselves. Exit codes: 0, or 1 when --check finds more
            allocations than the baseline.
            """
        )
        {
            check,
            write,
        };
        micro.SetAction(parsed =>
        {
            if (parsed.GetValue(write))
                return AllocationBaseline.Write(Allocations());
            if (parsed.GetValue(check))
                return AllocationBaseline.Check(Allocations(), Console.Out);
            BenchmarkRunner.Run(
                Parts,
                DefaultConfig
                    .Instance.WithArtifactsPath(Repository.Artifacts)
                    .AddJob(InThisProcess)
                    .AddDiagnoser(MemoryDiagnoser.Default)
            );
            return 0;
        });
        return micro;
    }

    /// <summary>BenchmarkDotNet would otherwise generate projects, which our build settings are not for.</summary>
    private static Job InThisProcess => Job.Default.WithToolchain(new InProcessNoEmitToolchain(new()));

    /// <summary>Bytes for each call, by the name of the benchmark.</summary>
    private static SortedDictionary<string, long> Allocations()
    {
        // Code is optimized when it is compiled first. Later, its allocations would depend on how far that has got.
        if (Environment.GetEnvironmentVariable("DOTNET_TieredCompilation") != "0")
            throw new InvalidOperationException(
                "Set DOTNET_TieredCompilation=0: allocations depend on the compiler's tier."
            );
        var job = InThisProcess
            .WithStrategy(RunStrategy.Throughput)
            .WithInvocationCount(1024)
            .WithUnrollFactor(16)
            .WithWarmupCount(1)
            .WithIterationCount(1);
        var config = ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(MemoryDiagnoser.Default);
        var summaries = BenchmarkRunner.Run(Parts, config);
        // Of benchmarks that it does not accept it measures none.
        if (
            summaries.SelectMany(summary => summary.ValidationErrors).FirstOrDefault(error => error.IsCritical) is
            { } fault
        )
            throw new InvalidOperationException(fault.Message);
        return new(
            summaries.SelectMany(summary => summary.Reports).ToDictionary(NameOf, Allocated),
            StringComparer.Ordinal
        );
    }

    private static string NameOf(BenchmarkReport report) => report.BenchmarkCase.Descriptor.WorkloadMethod.Name;

    private static long Allocated(BenchmarkReport report) =>
        report.Success && report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) is { } bytes
            ? bytes
            : throw new InvalidOperationException($"{NameOf(report)} failed.");
}
