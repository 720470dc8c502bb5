using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace OnPremFunctions.Tests.Support;

/// <summary>Keeps the log lines of a host with their scopes.</summary>
internal sealed class LogCapture : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<Line> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() { }

    internal sealed record Line(
        LogLevel Level,
        string Category,
        string Text,
        Exception? Exception,
        string Scopes,
        string? TraceId
    );

    private sealed class Logger(LogCapture owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => owner._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            List<string> scopes = [];
            owner._scopes.ForEachScope(static (scope, all) => all.Add($"{scope}"), scopes);
            owner.Lines.Enqueue(
                new(
                    logLevel,
                    category,
                    formatter(state, exception),
                    exception,
                    string.Join(" | ", scopes),
                    Activity.Current?.TraceId.ToString()
                )
            );
        }
    }
}
