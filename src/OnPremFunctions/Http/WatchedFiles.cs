namespace OnPremFunctions.Http;

/// <summary>
/// A value made from files that somebody else renews. When the value is asked for, the files are read again, at most
/// every 5 s: Kubernetes swaps links, which file watchers do not see. If they cannot be used, the last value stays.
/// </summary>
/// <param name="create">Makes the value of the contents.</param>
/// <param name="failed">Called once for each content that cannot be used.</param>
internal sealed class WatchedFiles<T>(
    IReadOnlyList<string> files,
    Func<IReadOnlyList<string>, T> create,
    Action<Exception> failed,
    TimeProvider time
)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private IReadOnlyList<string> _contents = Read(files);
    private T? _value;
    private bool _isCreated;
    private long _lookedAt = time.GetTimestamp();

    public T Current
    {
        get
        {
            lock (_lock)
            {
                if (!_isCreated)
                {
                    _value = create(_contents);
                    _isCreated = true;
                }
                else if (time.GetElapsedTime(_lookedAt) >= _interval)
                {
                    _lookedAt = time.GetTimestamp();
                    Look();
                }

                return _value!;
            }
        }
    }

    private void Look()
    {
        try
        {
            var contents = Read(files);
            if (contents.SequenceEqual(_contents, StringComparer.Ordinal))
                return;
            _contents = contents;
            _value = create(contents);
        }
        catch (Exception exception)
        {
            // Whatever is wrong with the files, connections go on with what was read last.
            failed(exception);
        }
    }

    private static List<string> Read(IReadOnlyList<string> files) => [.. files.Select(File.ReadAllText)];
}
