using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Functions.Audit;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>
/// <c>GET /api/v1/audit?from=…&amp;to=…&amp;format=…</c>: the audit of a period, for callers with the admin scope. The
/// answer is written while the rows are read.
/// </summary>
public sealed class ExportAudit(AuditStore audit, TimeProvider time)
{
    [Function(nameof(ExportAudit))]
    [BearerToken]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/audit")] HttpRequest request,
        FunctionContext context
    )
    {
        var caller = context.Caller();
        if (!caller.IsAdmin)
            throw ApiRequest.Forbidden($"The audit needs the scope {Caller.AdminScope}.");

        var errors = new Dictionary<string, string[]>();
        var from = Time("from");
        var to = request.Query.ContainsKey("to") ? Time("to") : time.GetUtcNow();
        AuditFormat? format = request.Query["format"].ToArray() switch
        {
            [] or ["csv"] => AuditFormat.Csv,
            ["jsonl"] => AuditFormat.Jsonl,
            _ => null,
        };
        if (format is null)
            errors["format"] = ["Give one of csv, jsonl."];
        if (errors.Count > 0)
            throw ApiRequest.Invalid("Some parameters are wrong: see errors.", errors);

        await audit.AddExportedAsync(caller.UserId, from, to, context.CancellationToken);
        return new Download(audit, from, to, format!.Value);

        DateTimeOffset Time(string name)
        {
            if (request.Query[name] is [{ } text] && AuditPeriod.Read(text) is { } at)
                return at;
            errors[name] = ["Give a day such as 2026-01-31, or a time in UTC such as 2026-01-31T08:00:00Z."];
            return default;
        }
    }

    private sealed class Download(AuditStore audit, DateTimeOffset from, DateTimeOffset to, AuditFormat format)
        : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = AuditExport.MediaType(format);
            response.Headers.CacheControl = "no-store";
            var extension = format.ToString().ToLowerInvariant();
            response.Headers.ContentDisposition = $"attachment; filename=\"coffeebuddy-audit.{extension}\"";
            return AuditExport.WriteAsync(
                audit.ReadAsync(from, to, httpContext.RequestAborted),
                format,
                response.BodyWriter,
                httpContext.RequestAborted
            );
        }
    }
}
