namespace CoffeeBuddy.Browser.Support;

/// <summary>A channel and three people in it, each in a window of their own.</summary>
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

    /// <summary>Each orders a latte, in their own window; returns the name of who goes, from the thread that the first one has open then.</summary>
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
