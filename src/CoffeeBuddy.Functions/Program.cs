using CoffeeBuddy.Functions.Hosting;

return await WorkerCommand.InvokeAsync(args, () => WorkerHost.RunAsync(args));
