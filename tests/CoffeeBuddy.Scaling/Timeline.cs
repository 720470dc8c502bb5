using System.Globalization;
using CoffeeBuddy.Scaling.Keda;

namespace CoffeeBuddy.Scaling;

/// <param name="Lags">By topic; records of all partitions that are not committed.</param>
internal sealed record Moment(
    TimeSpan At,
    string Load,
    IReadOnlyDictionary<string, long> Lags,
    int Demand,
    int Replicas,
    int Ready
)
{
    public long Lag => Lags.Values.Sum();
}

/// <summary>The table, in Markdown: a row when the load or the number of workers changes, and every minute.</summary>
internal sealed class Timeline(TextWriter output, IReadOnlyList<KafkaTrigger> triggers)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly List<Moment> _moments = [];
    private Moment? _last;

    public IReadOnlyList<Moment> Moments => _moments;

    public async Task AddAsync(Moment moment)
    {
        _moments.Add(moment);
        if (_last is null)
        {
            await output.WriteLineAsync(
                $"\n| time | load | {string.Join(" | ", triggers.Select(trigger => $"lag {trigger.Topic}"))} | demand | workers | ready |"
            );
            await output.WriteLineAsync($"|---|---|{string.Concat(triggers.Select(_ => "---|"))}---|---|---|");
        }

        if (
            _last is not null
            && _last.Load == moment.Load
            && _last.Replicas == moment.Replicas
            && moment.At - _last.At < Interval
        )
            return;
        _last = moment;
        var time = moment.At.ToString(@"mm\:ss", CultureInfo.InvariantCulture);
        await output.WriteLineAsync(
            $"| {time} | {moment.Load} | {string.Join(" | ", triggers.Select(trigger => moment.Lags[trigger.Topic]))} | {moment.Demand} | {moment.Replicas} | {moment.Ready} |"
        );
    }
}
