using System.IO.Pipelines;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Functions.Audit;

namespace CoffeeBuddy.Functions.Tests;

public sealed class AuditExportTests
{
    [Theory]
    [InlineData(AuditFormat.Csv)]
    [InlineData(AuditFormat.Jsonl)]
    public async Task Nothing_is_written_before_the_first_page_was_read(AuditFormat format)
    {
        var output = new MemoryStream();

        await Assert.ThrowsAsync<TimeoutException>(() =>
            AuditExport.WriteAsync(Away(), format, PipeWriter.Create(output), TestContext.Current.CancellationToken)
        );

        Assert.Equal(0, output.Length);
    }

    private static async IAsyncEnumerable<AuditRow> Away()
    {
        await Task.Yield();
        if (DateTimeOffset.UtcNow > DateTimeOffset.UnixEpoch)
            throw new TimeoutException("The database is away.");
        yield break;
    }
}
