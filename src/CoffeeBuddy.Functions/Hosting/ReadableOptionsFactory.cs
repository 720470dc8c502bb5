using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// Reports a value that cannot be converted ("soon" for a duration) as a validation error, so that it is in the same
/// message at start as all other errors instead of a stack trace.
/// </summary>
internal sealed class ReadableOptionsFactory<T>(
    IEnumerable<IConfigureOptions<T>> setups,
    IEnumerable<IPostConfigureOptions<T>> postConfigures,
    IEnumerable<IValidateOptions<T>> validations
) : IOptionsFactory<T>
    where T : class
{
    private readonly OptionsFactory<T> _inner = new(setups, postConfigures, validations);

    public T Create(string name)
    {
        try
        {
            return _inner.Create(name);
        }
        catch (InvalidOperationException exception)
        {
            throw new OptionsValidationException(name, typeof(T), [exception.Message]);
        }
    }
}
