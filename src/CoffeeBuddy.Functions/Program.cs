using CoffeeBuddy.Functions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

if (args is ["migrate"])
    return MigrateCommand.Run();

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.AddCoffeeBuddy();
await builder.Build().RunAsync();
return Environment.ExitCode;
