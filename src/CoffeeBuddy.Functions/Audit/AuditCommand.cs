using System.CommandLine;
using System.IO.Pipelines;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Functions.Hosting;

namespace CoffeeBuddy.Functions.Audit;

/// <summary><c>CoffeeBuddy.Functions audit export</c>: writes the audit of a period to stdout.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from")
        {
            Description = "First day, such as 2026-01-31, or a time in UTC such as 2026-01-31T08:00:00Z.",
            Required = true,
        };
        var to = new Option<string>("--to") { Description = "First day, or time, that is not exported. Default: now." };
        var format = new Option<AuditFormat>("--format")
        {
            Description = "Csv, or Jsonl for a JSON object per line.",
            DefaultValueFactory = _ => AuditFormat.Csv,
        };
        var export = new Command("export", "Write the audit of a period to stdout.") { from, to, format };
        export.Validators.Add(result =>
        {
            foreach (var option in (Option<string>[])[from, to])
            {
                if (result.GetValue(option) is { } text && AuditPeriod.Read(text) is null)
                    result.AddError($"{option.Name} must be a day or a time in UTC, such as 2026-01-31.");
            }
        });
        export.SetAction(
            (parsed, cancellationToken) =>
                ExportAsync(
                    AuditPeriod.Read(parsed.GetValue(from)!)!.Value,
                    parsed.GetValue(to) is { } end ? AuditPeriod.Read(end)!.Value : TimeProvider.System.GetUtcNow(),
                    parsed.GetValue(format),
                    cancellationToken
                )
        );
        return new("audit", "Export the audit.") { export };
    }

    private static Task<int> ExportAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        AuditFormat format,
        CancellationToken cancellationToken
    ) =>
        OperatorCommand.RunWithDatabaseAsync(
            "the audit is there",
            TimeSpan.FromSeconds(20),
            async database =>
            {
                var audit = new AuditStore(database, TimeProvider.System);
                await audit.AddExportedAsync(userId: null, from, to, cancellationToken);
                await using var stdout = Console.OpenStandardOutput();
                var output = PipeWriter.Create(stdout, new StreamPipeWriterOptions(leaveOpen: true));
                await AuditExport.WriteAsync(
                    audit.ReadAsync(from, to, cancellationToken),
                    format,
                    output,
                    cancellationToken
                );
                await output.CompleteAsync();
                return 0;
            }
        );
}
