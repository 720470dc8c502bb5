namespace CoffeeBuddy.Core.Statistics;

/// <summary>How somebody answers the question after a run.</summary>
public enum SurveyAnswer
{
    Satisfied,
    SoSo,
    Dissatisfied,
}

/// <summary>How many people gave which answer.</summary>
public sealed record SurveyResult(int Satisfied, int SoSo, int Dissatisfied)
{
    /// <summary>With fewer answers none is shown: it could be guessed who gave them.</summary>
    public const int MinAnswers = 5;

    public int Answers => Satisfied + SoSo + Dissatisfied;

    /// <summary>The share of satisfied answers; null: too few answers to be shown.</summary>
    public double? UserSatisfaction => Answers < MinAnswers ? null : (double)Satisfied / Answers;
}
