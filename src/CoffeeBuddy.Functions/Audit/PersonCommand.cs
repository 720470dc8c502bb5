using System.CommandLine;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Functions.Audit;

/// <summary><c>CoffeeBuddy.Functions person delete ID</c>: deletes what is stored about a person.</summary>
internal static class PersonCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("id") { Description = "The person's Slack user id, such as U0123ABCD." };
        id.Validators.Add(result =>
        {
            if (!SlackIds.IsUserId(result.GetValueOrDefault<string>()))
                result.AddError("This is not a Slack user id.");
        });
        var delete = new Command(
            "delete",
            "Delete a person's name, address, preferences, notes and messages; a pseudonym replaces them in runs, orders and the audit."
        )
        {
            id,
        };
        delete.SetAction((parsed, cancellationToken) => DeleteAsync(parsed.GetValue(id)!, cancellationToken));
        return new("person", "Delete the data of a person.") { delete };
    }

    private static Task<int> DeleteAsync(string userId, CancellationToken cancellationToken) =>
        OperatorCommand.RunWithDatabaseAsync(
            "the person's data is there",
            TimeSpan.FromMinutes(1),
            async database =>
            {
                if (await new UserStore(database, TimeProvider.System).DeleteAsync(userId, cancellationToken) is null)
                    return OperatorCommand.Fail(
                        "The person takes part in an active run: repeat this when it is over. Nothing was done."
                    );
                Console.WriteLine("The person's data is deleted.");
                return 0;
            }
        );
}
