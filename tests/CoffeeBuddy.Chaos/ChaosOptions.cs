using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CoffeeBuddy.Chaos;

/// <summary>What the command line asks for.</summary>
public sealed record ChaosOptions
{
    public const string Usage = """
        CoffeeBuddy.Chaos: an office works while faults strike, then everything is checked.
          --minutes N        how long faults strike (default 3)
          --seconds N        the same in seconds
          --seed N           decides what people do and which faults strike when (default: by chance, printed)
          --people N         default 50
          --channels N       default 8; the last one is without the app
          --quiet-minutes N  how long everything may take to come to rest afterwards (default 3)
          --logs FOLDER      keeps what every process writes
        """;

    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(3);

    public int Seed { get; init; } = Environment.TickCount & 0xFFFFF;

    public int People { get; init; } = 50;

    public int Channels { get; init; } = 8;

    public TimeSpan Quiet { get; init; } = TimeSpan.FromMinutes(3);

    public string? LogFolder { get; init; }

    public static bool TryParse(
        IReadOnlyList<string> arguments,
        [NotNullWhen(true)] out ChaosOptions? options,
        out string fault
    )
    {
        (options, fault) = (null, "");
        var read = new ChaosOptions();
        for (var index = 0; index < arguments.Count; index += 2)
        {
            var (name, value) = (arguments[index], index + 1 < arguments.Count ? arguments[index + 1] : "");
            if (name == "--logs" && value.Length > 0)
            {
                read = read with { LogFolder = Directory.CreateDirectory(value).FullName };
                continue;
            }

            if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number < 0)
            {
                fault = $"{name} needs a number.";
                return false;
            }

            switch (name)
            {
                case "--minutes":
                    read = read with { Duration = TimeSpan.FromMinutes(number) };
                    break;
                case "--seconds":
                    read = read with { Duration = TimeSpan.FromSeconds(number) };
                    break;
                case "--seed":
                    read = read with { Seed = (int)number };
                    break;
                case "--people":
                    read = read with { People = Math.Max(3, (int)number) };
                    break;
                case "--channels":
                    read = read with { Channels = Math.Max(2, (int)number) };
                    break;
                case "--quiet-minutes":
                    read = read with { Quiet = TimeSpan.FromMinutes(number) };
                    break;
                default:
                    fault = $"{name} is unknown.";
                    return false;
            }
        }

        options = read;
        return true;
    }
}
