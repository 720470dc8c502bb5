namespace SlackSimulator;

/// <summary>A request to the person's or the control API that cannot be done, as it is answered.</summary>
internal sealed class SimError(int status, string error, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    public string Error { get; } = error;

    public static SimError NotFound(string what, string id) =>
        new(404, what + "_not_found", $"There is no {what} {id}.");

    public static SimError Bad(string error, string detail) => new(400, error, detail);
}
