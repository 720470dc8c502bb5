namespace OnPremFunctions;

/// <summary>A Kafka function says that no retry can help: its record is dead-lettered at once.</summary>
public class PermanentFailureException : Exception
{
    public PermanentFailureException()
        : this("The record can never be processed.") { }

    public PermanentFailureException(string message)
        : base(message) { }

    public PermanentFailureException(string message, Exception? innerException)
        : base(message, innerException) { }
}
