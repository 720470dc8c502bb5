using System.Diagnostics.CodeAnalysis;

namespace OnPremFunctions;

/// <summary>The worker cannot start. The message lists everything that is wrong, one fault a line.</summary>
[SuppressMessage(
    "Design",
    "CA1032:Implement standard exception constructors",
    Justification = "Without faults there is nothing to say."
)]
public sealed class FunctionsStartupException(IReadOnlyList<string> faults)
    : Exception(
        $"The functions host cannot start:{string.Concat(faults.Select(static fault => $"{Environment.NewLine}  - {fault}"))}"
    )
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
