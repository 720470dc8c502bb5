using System.Diagnostics.CodeAnalysis;

namespace OnPremFunctions;

/// <summary>The host cannot start. The message lists all faults, one per line.</summary>
[SuppressMessage(
    "Design",
    "CA1032:Implement standard exception constructors",
    Justification = "The message is made of the faults."
)]
public sealed class FunctionsStartupException : Exception
{
    internal FunctionsStartupException(IReadOnlyList<string> faults)
        : base(
            $"The functions host cannot start:{string.Concat(faults.Select(static fault => $"{Environment.NewLine}  - {fault}"))}"
        ) => Faults = faults;

    /// <summary>The faults, each a sentence.</summary>
    public IReadOnlyList<string> Faults { get; }
}
