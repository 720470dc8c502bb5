using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// Reports a value that cannot be converted ("soon" for a duration) as a validation error, so that it is in the same
/// message at start as all other errors instead of a stack trace. When a change of the settings while the worker runs is
/// not valid, the last valid options stay in use.
/// </summary>
internal sealed partial class ReadableOptionsFactory<T>(
    IEnumerable<IConfigureOptions<T>> setups,
    IEnumerable<IPostConfigureOptions<T>> postConfigures,
    IEnumerable<IValidateOptions<T>> validations,
    IServiceProvider services
) : IOptionsFactory<T>
    where T : class
{
    private readonly OptionsFactory<T> _inner = new(setups, postConfigures, validations);

    // Options of the worker have no names.
    private T? _valid;

    public T Create(string name)
    {
        try
        {
            var options = _inner.Create(name);
            if (name == Options.DefaultName)
                _valid = options;
            return options;
        }
        catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
        {
            if (_valid is null || name != Options.DefaultName)
                throw exception as OptionsValidationException
                    ?? new OptionsValidationException(name, typeof(T), [exception.Message]);
            // Taken here: loggers have options too.
            var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger<T>();
            Log.Invalid(logger, typeof(T).Name, exception.Message);
            return _valid;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Changed settings are not valid, so the last {Options} stay in use: {Faults}")]
        public static partial void Invalid(ILogger logger, string options, string faults);
    }
}
