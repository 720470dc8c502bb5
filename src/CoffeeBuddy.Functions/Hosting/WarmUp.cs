using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using Confluent.Kafka;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// Does the slow first things before the worker says it is ready: connects to PostgreSQL and Kafka, and builds a form.
/// Without it the first person after a deployment would wait for them, and their trigger lives for 3 s.
/// </summary>
public sealed class WarmUp(Database database, IProducer<string, byte[]> producer, IOptions<CoffeeOptions> options)
    : IHostedService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var kafka = Task.Run(AskKafka, cancellationToken);
        BuildForm();
        try
        {
            await database.RunAsync(
                (connection, token) =>
                    connection.ExecuteScalarAsync<int>(new CommandDefinition("SELECT 1", cancellationToken: token)),
                cancellationToken
            );
        }
        catch (DatabaseFailureException)
        {
            // The worker starts without it, answers 503 where it is needed, and recovers by itself.
        }

        await kafka;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void AskKafka()
    {
        try
        {
            using var client = new DependentAdminClientBuilder(producer.Handle).Build();
            client.GetMetadata(Topics.Orders, Patience);
        }
        catch (KafkaException)
        {
            // Away for now: the outbox keeps the events.
        }
    }

    private void BuildForm() =>
        BlockKitJson.Serialize(
            OrderModal.Build(
                new OrderForm
                {
                    RunId = Guid.Empty,
                    ChannelId = "C0",
                    InitiatorUserId = "U0",
                    Menu = options.Value.Menu,
                }
            )
        );
}
