namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>
/// Held while a process is started: until the child becomes its program it has a copy of every socket of this one, and a socket that is
/// closed meanwhile goes on listening. Whoever closes one to bind its port again holds it too.
/// </summary>
internal static class ForkGate
{
    public static Lock Gate { get; } = new();
}
