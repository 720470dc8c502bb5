using Microsoft.AspNetCore.Http;
using OnPremFunctions.Invocation;

namespace Microsoft.Azure.Functions.Worker;

public static class FunctionContextHttpExtensions
{
    /// <summary>The item a test's own <see cref="FunctionContext"/> may carry its <see cref="HttpContext"/> in.</summary>
    private const string ItemKey = "HttpRequestContext";

    /// <summary>The request being answered; null where the trigger is not HTTP.</summary>
    public static HttpContext? GetHttpContext(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context is InvocationContext invocation)
            return invocation.HttpContext;

        return context.Items.TryGetValue(ItemKey, out var item) ? item as HttpContext : null;
    }
}
