namespace OnPremFunctions;

/// <summary>Thrown by a Kafka function when no retry can succeed: the record is dead-lettered at once.</summary>
/// <remarks>On the Azure Functions host it is an ordinary failure.</remarks>
public class PermanentFailureException : Exception
{
    /// <summary>With a general message.</summary>
    public PermanentFailureException()
        : this("The record can never be processed.") { }

    /// <summary>With a message for the log and the dead letter.</summary>
    public PermanentFailureException(string message)
        : base(message) { }

    /// <summary>With a message and the cause.</summary>
    public PermanentFailureException(string message, Exception? innerException)
        : base(message, innerException) { }
}
