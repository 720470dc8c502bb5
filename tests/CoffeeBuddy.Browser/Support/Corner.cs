namespace CoffeeBuddy.Browser.Support;

/// <summary>A channel and three members, each with a browser window.</summary>
public sealed class Corner(CoffeeOffice office, string channel, IReadOnlyList<string> people)
{
    private readonly List<IPage> _windows = [];

    public string Channel => channel;

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> People => people;

    public async Task<IPage> WindowAsync(string person, int width = 1440, ColorScheme scheme = ColorScheme.Light)
    {
        var window = await office.WindowAsync(person, channel, width, scheme: scheme);
        _windows.Add(window);
        return window;
    }

    public async Task<IReadOnlyList<IPage>> WindowsAsync() =>
        [await WindowAsync(people[0]), await WindowAsync(people[1]), await WindowAsync(people[2])];

    /// <summary>
    /// Everyone orders a latte. Returns the name of the runner. The thread is then open in the first window.
    /// </summary>
    public async Task<string> SettleAsync(IReadOnlyList<IPage> windows)
    {
        foreach (var window in windows)
            await window.OrderCoffeeAsync("Latte");
        return await windows[0].RunnerAsync(people);
    }

    public async Task CloseAsync()
    {
        foreach (var window in _windows)
            await window.Context.CloseAsync();
    }
}
