using Microsoft.AspNetCore.Http;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>An answer with a Location header. TypedResults.Created takes no source-generated JSON type.</summary>
internal static class LocationResult
{
    public static IResult WithLocation(this IResult result, string location) => new Located(result, location);

    private sealed class Located(IResult inner, string location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.Location = location;
            return inner.ExecuteAsync(httpContext);
        }
    }
}
