using Microsoft.AspNetCore.Http;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>Adds the Location header of something that was created.</summary>
internal static class LocationResult
{
    public static IResult WithLocation(this IResult result, string location, bool created) =>
        created ? new Located(result, location) : result;

    private sealed class Located(IResult inner, string location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.Location = location;
            return inner.ExecuteAsync(httpContext);
        }
    }
}
