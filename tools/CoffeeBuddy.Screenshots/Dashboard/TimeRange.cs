namespace CoffeeBuddy.Screenshots.Dashboard;

/// <summary>The times that the dashboard shows, in seconds since 1970.</summary>
internal sealed record TimeRange(long From, long To)
{
    /// <summary>Distance of the values. Also the scrape interval that Grafana's data source would be set to.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(4);

    public static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    /// <summary>Grafana's $__rate_interval: four scrapes, where that is more than a step and a scrape.</summary>
    public static readonly TimeSpan RateInterval = 4 * Step;

    /// <summary>Begins and ends at multiples of the step, as in Grafana.</summary>
    public static TimeRange Until(DateTimeOffset end)
    {
        var step = (long)Step.TotalSeconds;
        var to = end.ToUnixTimeSeconds() / step * step;
        return new(to - (long)Length.TotalSeconds, to);
    }

    public string ToJson() => $$"""{ "from": {{From}}, "to": {{To}}, "step": {{Step.TotalSeconds}} }""";
}
