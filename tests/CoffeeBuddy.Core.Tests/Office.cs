using CoffeeBuddy.Core.Runs;

namespace CoffeeBuddy.Core.Tests;

/// <summary>
/// A simulated office over some weeks: who is present, who takes part in which run, and who is chosen. The same seed
/// gives the same office.
/// </summary>
internal sealed class Office
{
    public const int WindowDays = 30;

    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private readonly FairnessStrategy _strategy;
    private readonly Random _random;
    private readonly List<(DateTimeOffset At, string Runner, HashSet<string> Participants)> _runs = [];

    public Office(FairnessStrategy strategy, int people, int seed)
    {
        _strategy = strategy;
        _random = new Random(seed);
        // One in ten joins later, one in ten leaves, one in five is away for some days or takes part more or less often
        // than the others.
        People =
        [
            .. Enumerable
                .Range(0, people)
                .Select(number =>
                    (number % 10) switch
                    {
                        1 => new Employee($"U{number}", Joins: _random.Next(5, 25)),
                        2 => new Employee($"U{number}", Leaves: _random.Next(5, 25)),
                        3 => new Employee($"U{number}", AwayFrom: _random.Next(0, 20), AwayDays: _random.Next(2, 10)),
                        4 => new Employee($"U{number}", Appetite: 0.1 + (0.9 * _random.NextDouble())),
                        _ => new Employee($"U{number}"),
                    }
                ),
        ];
    }

    public IReadOnlyList<Employee> People { get; }

    /// <summary>People who are present the whole time and take part as often as the average.</summary>
    public IEnumerable<Employee> Regulars => People.Where(person => person == new Employee(person.UserId));

    public IEnumerable<Employee> Newcomers => People.Where(person => person.Joins > 0);

    /// <summary>Simulates the given number of days.</summary>
    /// <param name="chosen">Called for each choice, before it is counted: the chosen person and the candidates.</param>
    public void Simulate(int days, Action<Candidate, IReadOnlyCollection<Candidate>>? chosen = null)
    {
        for (var day = 0; day < days; day++)
        {
            var runs = _random.Next(1, 5);
            for (var run = 0; run < runs; run++)
                Simulate(day, Start.AddDays(day).AddHours(2 * run), chosen);
        }
    }

    public int RunsMade(string userId) => _runs.Count(run => run.Runner == userId);

    public int TakenPart(string userId) => _runs.Count(run => run.Participants.Contains(userId));

    private void Simulate(int day, DateTimeOffset now, Action<Candidate, IReadOnlyCollection<Candidate>>? chosen)
    {
        var participants = People
            .Where(person => person.IsThere(day) && _random.NextDouble() < person.Appetite)
            .ToList();
        var runId = new Guid(_random.Next(), 0, 0, new byte[8]);
        // Runs with fewer than three orders are left out: they offer hardly a choice.
        if (participants.Count < 3)
            return;
        var candidates = participants.Select(person => Candidate(person, now)).ToList();
        var choice = FairRunner.Choose(
            _strategy,
            candidates,
            _runs.Count > 0 ? _runs[^1].Runner : null,
            runId,
            WindowDays
        );
        chosen?.Invoke(candidates.Single(candidate => candidate.UserId == choice.UserId), candidates);
        _runs.Add((now, choice.UserId, [.. participants.Select(person => person.UserId)]));
    }

    private Candidate Candidate(Employee person, DateTimeOffset now)
    {
        var window = _runs.Where(run => run.At > now.AddDays(-WindowDays)).ToList();
        var own = _runs.Where(run => run.Runner == person.UserId).ToList();
        return new Candidate(
            person.UserId,
            window.Count(run => run.Runner == person.UserId),
            window.Count(run => run.Participants.Contains(person.UserId)),
            own.Count > 0 ? own[^1].At : null,
            Start.AddDays(person.Joins)
        );
    }
}

/// <param name="Appetite">Probability that the person takes part in a run while present.</param>
internal sealed record Employee(
    string UserId,
    int Joins = 0,
    int Leaves = int.MaxValue,
    int AwayFrom = 0,
    int AwayDays = 0,
    double Appetite = 0.5
)
{
    public bool IsThere(int day) => day >= Joins && day < Leaves && !(day >= AwayFrom && day < AwayFrom + AwayDays);
}
