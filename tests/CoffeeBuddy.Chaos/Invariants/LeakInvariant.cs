using CoffeeBuddy.Chaos.People;
using CoffeeBuddy.Chaos.Record;
using CoffeeBuddy.Sandbox;
using Support;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>
/// Failures write more than success does: exceptions, causes of dead letters, repeated records. Nothing of it may have a
/// secret, an address or what people drink.
/// </summary>
internal static class LeakInvariant
{
    private static readonly string[] Canaries =
    [
        Office.SigningSecret,
        Office.BotToken,
        SandboxOptions.RecordKey,
        .. Colleague.Drinks.Where(drink => drink.Length > 3),
    ];

    public static async Task<Invariant> CheckAsync(string logFolder, KafkaState kafka, SandboxHost sandbox)
    {
        var leaks = new List<string>();
        var places = 0;
        void Look(string where, IEnumerable<string> texts)
        {
            places++;
            leaks.AddRange(LeakScan.Find(where, texts, Canaries));
        }

        foreach (var (log, lines) in LeakScan.Logs(logFolder))
            Look(log, lines);
        foreach (var (topic, _) in SandboxOptions.Topics)
            Look(topic, kafka.Texts(topic));
        foreach (var (role, worker) in sandbox.Workers)
            Look($"/metrics of {role}", (await worker.Management.GetStringAsync("metrics")).Split('\n'));
        return new("no log, metric or record has a secret, an address or a drink", places, leaks);
    }
}
