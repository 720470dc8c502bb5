namespace CoffeeBuddy.Sandbox;

/// <summary>A part of the sandbox has started.</summary>
/// <param name="Took">Time since the start of this part.</param>
public sealed record PartReady(string Part, string Address, TimeSpan Took, string Remark = "");
