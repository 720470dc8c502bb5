using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace SampleWorker;

/// <summary>The function of a record waits for it.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _open = new();

    public Task Opened => _open.Task;

    public void Open() => _open.TrySetResult();
}

/// <summary>The functions of a worker that tests start, terminate and kill.</summary>
public sealed class Functions(Gate gate, IConfiguration configuration)
{
    [Function("Release")]
    public IResult Release([HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequest request)
    {
        gate.Open();
        return Results.NoContent();
    }

    [Function("Take")]
    public async Task Take(
        [KafkaTrigger("%Kafka:BootstrapServers%", "%Topic%", ConsumerGroup = "%Group%")] KafkaRecord record,
        CancellationToken cancellationToken
    )
    {
        var journal = configuration["Journal"]!;
        var value = Encoding.UTF8.GetString(record.Value!);
        await File.AppendAllTextAsync(journal, $"begin {value}\n", cancellationToken);
        await gate.Opened.WaitAsync(cancellationToken);
        await File.AppendAllTextAsync(journal, $"end {value}\n", cancellationToken);
    }
}
