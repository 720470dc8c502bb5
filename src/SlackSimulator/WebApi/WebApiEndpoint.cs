using System.Globalization;
using System.Net.Mime;
using Microsoft.AspNetCore.Builder;
using SlackSimulator.BlockKit;
using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>
/// Serves <c>/api/{method}</c>: checks the token, rate limit and scope, executes the method, and injects faults.
/// </summary>
internal sealed class WebApiEndpoint(
    Workspace workspace,
    MethodTable methods,
    RateLimiter limits,
    FaultInjector faults,
    TrafficLog traffic,
    WorkspaceClock clock
)
{
    public void Map(WebApplication app) => app.MapMethods("/api/{method}", ["GET", "POST"], HandleAsync);

    private async Task HandleAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["method"]!;
        var started = clock.Provider.GetTimestamp();
        var (call, unreadable) = await ArgumentReader.ReadAsync(context.Request, name);
        var fault = faults.Take(
            name,
            call.Arguments["channel"].Text(),
            call.Arguments["user"].Text() ?? call.Arguments["users"].Text() ?? call.Arguments["user_id"].Text()
        );
        if (fault is { Kind: FaultKind.Slow })
            await Task.Delay(TimeSpan.FromMilliseconds(fault.Ms), clock.Provider, context.RequestAborted);

        var answer = fault switch
        {
            { Kind: FaultKind.RateLimited } => new Answer(Failure("ratelimited"), 429, "ratelimited")
            {
                RetryAfter = fault.RetryAfter,
            },
            { Kind: FaultKind.Error } => new Answer(Failure("internal_error"), fault.Status, "internal_error"),
            { Kind: FaultKind.Code } => new Answer(Failure(fault.Code), 200, fault.Code),
            { Kind: FaultKind.Reset } => null,
            _ => Run(call, unreadable),
        };
        var dropped = fault is { Kind: FaultKind.Reset or FaultKind.LostAnswer };
        traffic.Add(
            new TrafficEntry(
                0,
                clock.Now,
                "from_app",
                name,
                context.Request.Path,
                dropped ? null : answer?.Status,
                // The entry is written before the delayed answer, so the delay is added.
                clock.Provider.GetElapsedTime(started).TotalMilliseconds
                    + (fault is { Kind: FaultKind.SlowAnswer } ? fault.Ms : 0),
                TrafficLog.Redact(call.Arguments).ToElement(),
                answer is null ? null : TrafficLog.Redact(answer.Body).ToElement(),
                answer?.Error,
                fault?.Kind.ToString()
            )
            {
                Violations = answer?.Violations ?? [],
            }
        );

        if (fault is { Kind: FaultKind.SlowAnswer })
            await Task.Delay(TimeSpan.FromMilliseconds(fault.Ms), clock.Provider, context.RequestAborted);
        if (dropped)
        {
            context.Abort();
            return;
        }

        await WriteAsync(context, name, answer!);
    }

    private async Task WriteAsync(HttpContext context, string name, Answer answer)
    {
        if (answer.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-OAuth-Scopes"] = string.Join(',', workspace.App.BotScopes);
        if (methods.Find(name) is { Scopes.Count: > 0 } method)
            context.Response.Headers["X-Accepted-OAuth-Scopes"] = string.Join(',', method.Scopes);
        context.Response.Headers["X-Slack-Req-Id"] = IdSource.Secret(16);
        await context.WriteJsonAsync(answer.Body, answer.Status);
    }

    private Answer Run(MethodCall call, string? unreadable)
    {
        try
        {
            if (unreadable is not null)
                throw new SlackError(unreadable);
            var method =
                methods.Find(call.Method)
                ?? throw new SlackError("unknown_method") { Extra = new JsonObject { ["req_method"] = call.Method } };
            Authenticate(call, method);
            limits.Call(method);
            if (method.Token == TokenKind.Bot)
                workspace.RequireAnyScope(method.Scopes);
            if (call.IsJson && !method.TakesJson)
                throw FormsOnly(call);
            JsonObject result;
            lock (workspace.Gate)
                result = method.Run(call);
            result.Insert(0, "ok", true);
            return new Answer(result, 200, null);
        }
        catch (SlackError error)
        {
            return new Answer(Failure(error.Code, error), error.RetryAfter is null ? 200 : 429, error.Code)
            {
                RetryAfter = error.RetryAfter,
                Violations = error.Violations,
            };
        }
    }

    private void Authenticate(MethodCall call, Method method)
    {
        if (method.Token == TokenKind.None)
            return;
        var (token, app) = (call.Token, workspace.App);
        if (string.IsNullOrEmpty(token))
            throw new SlackError("not_authed");
        var kind =
            string.Equals(token, app.BotToken, StringComparison.Ordinal) ? TokenKind.Bot
            : string.Equals(token, app.AppToken, StringComparison.Ordinal) ? TokenKind.App
            : throw new SlackError("invalid_auth");
        if (kind != method.Token)
            throw new SlackError("not_allowed_token_type");
    }

    private static SlackError FormsOnly(MethodCall call) =>
        new(
            "invalid_arguments",
            new Violation(
                "",
                "content_type",
                $"{call.Method} takes {MediaTypeNames.Application.FormUrlEncoded} only; a JSON body of it is not read"
            )
        );

    private static JsonObject Failure(string code, SlackError? error = null)
    {
        var body = new JsonObject { ["ok"] = false, ["error"] = code };
        foreach (var (key, value) in error?.Extra ?? [])
            body[key] = value?.DeepClone();
        if (error is not { Violations.Count: > 0 })
            return body;
        var messages = error
            .Violations.Select(violation =>
                violation.Path.Length > 0 ? violation.ToString() : $"[ERROR] {violation.Message}"
            )
            .ToList();
        if (code is "invalid_blocks")
            body["errors"] = error
                .Violations.Select(violation => $"{violation.Message} [json-pointer:{violation.Path}]")
                .ToJsonArray();
        body["response_metadata"] = new JsonObject { ["messages"] = messages.ToJsonArray() };
        return body;
    }

    private sealed record Answer(JsonObject Body, int Status, string? Error)
    {
        public int? RetryAfter { get; init; }

        public IReadOnlyList<Violation> Violations { get; init; } = [];
    }
}
