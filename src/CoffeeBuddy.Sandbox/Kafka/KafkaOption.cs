using System.CommandLine;

namespace CoffeeBuddy.Sandbox.Kafka;

/// <summary>The option <c>--kafka</c> of the sandbox and of Chaos.</summary>
public static class KafkaOption
{
    public static Option<string?> Create() =>
        new("--kafka")
        {
            HelpName = "HOST:PORT",
            Description =
                "Use the Kafka at this address, without TLS or login, instead of one in memory. It must be for tests alone: unless the database is kept, the records of CoffeeBuddy's topics are deleted",
            Recursive = true,
        };
}
