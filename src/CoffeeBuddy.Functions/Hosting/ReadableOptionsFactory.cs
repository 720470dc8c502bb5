using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// Makes a value that is none of its kind ("soon" for a duration) a fault like any other: told at start together with all
/// the others, instead of by the stack trace of the first.
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
