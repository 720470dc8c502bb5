namespace CoffeeBuddy.Functions.Tests.Units;

/// <summary>
/// The hot parts against <c>tests/CoffeeBuddy.Benchmarks/Micro/allocations.json</c>. The time they take is not compared.
/// </summary>
public sealed class AllocationTests
{
    [Fact]
    public async Task NoHotPartAllocatesMoreThanItsBaseline()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Repository.File(
            "tests",
            "CoffeeBuddy.Benchmarks",
            "bin",
            folder.Parent!.Name,
            folder.Name,
            "CoffeeBuddy.Benchmarks.dll"
        );

        var (code, output, errors) = await Programs.RunAsync(
            Executable.Dotnet,
            [program, "micro", "--check"],
            [("DOTNET_TieredCompilation", "0")]
        );

        Assert.True(code == 0, $"{output}{errors}");
    }
}
