namespace CoffeeBuddy.Scaling;

/// <summary>The values of the command line, see <see cref="ScalingCommand"/>.</summary>
/// <param name="Throughput">Only measure what one worker does.</param>
internal sealed record ScalingOptions(
    bool Throughput,
    double Normal,
    TimeSpan Burst,
    TimeSpan SlackLatency,
    string LogFolder
);
