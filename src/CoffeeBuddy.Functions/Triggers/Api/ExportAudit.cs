using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Functions.Audit;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>
/// <c>GET /api/v1/audit?from=…&amp;to=…&amp;format=…</c>: the audit of a period, for callers with the admin scope. The
/// answer is written while the rows are read, and ends with the time limit of a function: a slow client gets a part of
/// it, and its connection is closed.
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
            throw BearerTokenCheck.InsufficientScope(
                Caller.AdminScope,
                $"The audit needs the scope {Caller.AdminScope}."
            );

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
        await WriteAsync(request.HttpContext, from, to, format!.Value, context.CancellationToken);
        return TypedResults.Empty;

        DateTimeOffset Time(string name)
        {
            if (request.Query[name] is [{ } text] && AuditPeriod.Read(text) is { } at)
                return at;
            errors[name] = ["Give a day such as 2026-01-31, or a time in UTC such as 2026-01-31T08:00:00Z."];
            return default;
        }
    }

    /// <summary>
    /// Not returned as a result: a result is written after the function has ended, when the request no longer counts as
    /// running.
    /// </summary>
    private async Task WriteAsync(
        HttpContext http,
        DateTimeOffset from,
        DateTimeOffset to,
        AuditFormat format,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, http.RequestAborted);
        var response = http.Response;
        response.ContentType = AuditExport.MediaType(format);
        response.Headers.CacheControl = "no-store";
        var extension = format.ToString().ToLowerInvariant();
        response.Headers.ContentDisposition = $"attachment; filename=\"coffeebuddy-audit.{extension}\"";
        try
        {
            await AuditExport.WriteAsync(
                audit.ReadAsync(from, to, stop.Token),
                format,
                response.BodyWriter,
                stop.Token
            );
        }
        catch when (!response.HasStarted)
        {
            response.Clear();
            throw;
        }
        catch
        {
            // So that nobody takes a part for all of it.
            http.Abort();
            throw;
        }
    }
}
