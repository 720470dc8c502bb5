using CoffeeBuddy.Functions.Hosting;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

return await WorkerCommand.InvokeAsync(args, ServeAsync);

async Task<int> ServeAsync()
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();
    builder.AddCoffeeBuddy();
    await builder.Build().RunAsync();
    return Environment.ExitCode;
}
