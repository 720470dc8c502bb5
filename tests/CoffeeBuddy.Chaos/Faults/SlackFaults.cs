using SlackSimulator;
using SlackSimulator.Control;
using Sim = SlackSimulator.Control.Fault;

namespace CoffeeBuddy.Chaos.Faults;

/// <summary>Faults of Slack's Web API.</summary>
internal sealed class SlackFaults(SimulatorServer slack)
{
    /// <summary>Milliseconds; longer than the app's timeout of 10 s, so that the answer is lost.</summary>
    private const int TooLate = 11_000;

    public IEnumerable<Fault> All() =>
        [
            Of(
                "Slack 429",
                dice => new Sim("*", FaultKind.RateLimited, RetryAfter: 1 + dice.Below(2), Probability: 0.5)
            ),
            Of(
                "Slack 5xx",
                dice => new Sim("*", FaultKind.Error, Status: dice.Pick([500, 502, 503]), Probability: 0.5)
            ),
            Of("Slack slow", dice => new Sim("*", FaultKind.Slow, Ms: 300 + dice.Below(2500), Probability: 0.5)),
            Of("Slack connection reset", _ => new Sim("*", FaultKind.Reset, Probability: 0.3)),
            // Slack has executed the call, but the app gets no answer. One or two calls per fault.
            Of(
                "Slack answer lost: post",
                dice => new Sim("chat.postMessage", FaultKind.LostAnswer, Count: 1 + dice.Below(2))
            ),
            Of("Slack answer too late", _ => new Sim("chat.postMessage", FaultKind.SlowAnswer, Ms: TooLate, Count: 1)),
            Of("Slack answer lost: any", dice => new Sim("*", FaultKind.LostAnswer, Count: 1 + dice.Below(2))),
        ];

    private Fault Of(string kind, Func<Dice, Sim> fault) =>
        new(
            kind,
            Target.Slack,
            dice =>
            {
                slack.Faults.Set([fault(dice)], dice.Below(int.MaxValue));
                return Task.FromResult(true);
            },
            () =>
            {
                slack.Faults.Set([]);
                return Task.CompletedTask;
            },
            From: 2,
            To: 5
        );
}
