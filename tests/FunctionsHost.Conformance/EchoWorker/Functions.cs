using System.Text.Json;
using Microsoft.Azure.Functions.Worker;

namespace EchoWorker;

/// <summary>Functions that return what they got, as JSON.</summary>
public sealed class Functions
{
    [Function("One")]
    [FixedDelayRetry(3, "00:00:01")]
    public static string One([KafkaTrigger("%Brokers%", "one")] KafkaRecord record, FunctionContext context) =>
        Describe(context, record);

    [Function("Many")]
    public static string Many(
        [KafkaTrigger("%Brokers%", "many", IsBatched = true)] KafkaRecord[] records,
        FunctionContext context
    ) => Describe(context, records);

    private static string Describe(FunctionContext context, params KafkaRecord[] records) =>
        JsonSerializer.Serialize(
            new
            {
                Retry = context.RetryContext is { } retry ? $"{retry.RetryCount} of {retry.MaxRetryCount}" : null,
                Records = records,
            }
        );
}
