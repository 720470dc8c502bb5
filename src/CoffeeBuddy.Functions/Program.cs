using CoffeeBuddy.Functions;
using CoffeeBuddy.Functions.DeadLetters;

if (args is ["migrate"])
    return MigrateCommand.Run();
if (args is ["deadletter", .. var arguments])
    return await DeadLetterCommand.RunAsync(arguments);

await WorkerHost.RunAsync(args);
return Environment.ExitCode;
