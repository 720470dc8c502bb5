namespace CoffeeBuddy.Sandbox.Processes;

/// <summary>
/// The last output lines of a process, and optionally a file with all of them. Thread-safe.
/// </summary>
public sealed class LogTail(int capacity = 200, string? file = null) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new(capacity);
    private readonly StreamWriter? _file = file is null
        ? null
        : new StreamWriter(file, append: true) { AutoFlush = true };

    /// <summary>The lines kept, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public void Add(string line)
    {
        lock (_gate)
        {
            if (_lines.Count == capacity)
                _lines.Dequeue();
            _lines.Enqueue(line);
            _file?.WriteLine(line);
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _file?.Dispose();
    }
}
