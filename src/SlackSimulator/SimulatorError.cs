namespace SlackSimulator;

/// <summary>
/// A request to the simulator's own API (<c>/sim/</c>) that is refused, with the answer's status and error code.
/// </summary>
internal sealed class SimulatorError(int status, string code, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static SimulatorError NotFound(string kind, string id) =>
        new(StatusCodes.Status404NotFound, kind + "_not_found", $"There is no {kind} {id}.");

    public static SimulatorError Forbidden(string code, string detail) =>
        new(StatusCodes.Status403Forbidden, code, detail);

    public static SimulatorError BadRequest(string code, string detail) =>
        new(StatusCodes.Status400BadRequest, code, detail);
}
