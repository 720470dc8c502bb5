using System.Collections.Concurrent;
using System.Threading.Channels;
using FunctionsHost.Conformance.Rpc;
using Grpc.Core;

namespace FunctionsHost.Conformance.Host;

/// <summary>
/// The gRPC stream that a worker opens: sends it messages, and gives each answer to the call that waits for it.
/// </summary>
internal sealed class WorkerStream : FunctionRpc.FunctionRpcBase
{
    private readonly Channel<StreamingMessage> _outgoing = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _asked = new(
        StringComparer.Ordinal
    );
    private readonly TaskCompletionSource<string> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<RpcLog> _logs = new();

    /// <summary>Ends with the worker's id once it has introduced itself.</summary>
    public Task<string> Connected => _connected.Task;

    /// <summary>The log lines that the worker sent through the stream.</summary>
    public IReadOnlyCollection<RpcLog> Logs => _logs;

    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream,
        IServerStreamWriter<StreamingMessage> responseStream,
        ServerCallContext context
    )
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var sending = SendAllAsync(responseStream, ended.Token);
        Exception? cause = null;
        try
        {
            await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
                Receive(message);
        }
        catch (Exception exception)
            when (exception is IOException or OperationCanceledException or Grpc.Core.RpcException)
        {
            cause = exception;
        }

        await ended.CancelAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _outgoing.Writer.Complete();
        foreach (var waiting in _asked.Values)
            waiting.TrySetException(Ended(cause));
    }

    /// <exception cref="IOException">The stream has ended.</exception>
    public void Send(StreamingMessage message)
    {
        if (!_outgoing.Writer.TryWrite(message))
            throw Ended(cause: null);
    }

    /// <summary>Sends a message and waits for the answer with the same request id.</summary>
    /// <exception cref="TimeoutException">No answer came.</exception>
    /// <exception cref="IOException">The stream ended before the worker answered.</exception>
    public async Task<StreamingMessage> AskAsync(StreamingMessage message, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[message.RequestId] = answer;
        try
        {
            Send(message);
            return await answer.Task.WaitAsync(Guard.Timeout, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException(
                $"No answer to {message.ContentCase} within {Guard.Timeout.TotalSeconds:0} s.",
                exception
            );
        }
        finally
        {
            _asked.TryRemove(message.RequestId, out _);
        }
    }

    private static IOException Ended(Exception? cause) => new("The worker's stream has ended.", cause);

    private void Receive(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.StartStream:
                _connected.TrySetResult(message.StartStream.WorkerId);
                break;
            case StreamingMessage.ContentOneofCase.RpcLog:
                _logs.Enqueue(message.RpcLog);
                break;
            default:
                if (_asked.TryGetValue(message.RequestId, out var waiting))
                    waiting.TrySetResult(message);
                break;
        }
    }

    private async Task SendAllAsync(IServerStreamWriter<StreamingMessage> stream, CancellationToken cancellationToken)
    {
        await foreach (var message in _outgoing.Reader.ReadAllAsync(cancellationToken))
            await stream.WriteAsync(message, cancellationToken);
    }
}
