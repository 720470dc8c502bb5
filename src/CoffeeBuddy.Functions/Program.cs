using CoffeeBuddy.Functions.DeadLetters;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

if (args is ["migrate"])
    return MigrateCommand.Run();
if (args is ["deadletter", .. var arguments])
    return await DeadLetterCommand.RunAsync(arguments);

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.AddCoffeeBuddy();
await builder.Build().RunAsync();
return Environment.ExitCode;
