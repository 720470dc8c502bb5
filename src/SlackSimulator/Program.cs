using System.CommandLine.Invocation;
using SlackSimulator;

const int usageError = 2;
var parsed = CommandLine.Create().Parse(args);
if (parsed.Action is not ParseErrorAction error)
    return await parsed.InvokeAsync();
(error.ShowHelp, error.ShowTypoCorrections) = (false, false);
await parsed.InvokeAsync();
return usageError;
