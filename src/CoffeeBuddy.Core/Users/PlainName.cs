namespace CoffeeBuddy.Core.Users;

/// <summary>Names from Slack, of people and channels, as they can be stored and shown in one line.</summary>
public static class PlainName
{
    /// <summary>
    /// The name without control characters. PostgreSQL refuses U+0000, and a name must not make a request fail.
    /// </summary>
    public static string Of(string name) =>
        name.Any(char.IsControl) ? string.Concat(name.Where(character => !char.IsControl(character))) : name;
}
