using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using OnPremFunctions;
using SampleWorker;

var builder = FunctionsApplication.CreateBuilder(args);
builder.Services.AddSingleton<Gate>();
await builder.BuildOnPremHost().RunAsync();
