using FunctionsHost.Conformance.Rpc;

namespace FunctionsHost.Conformance.Support;

/// <summary>What the worker reported about an invocation.</summary>
internal static class InvocationAssert
{
    extension(Assert)
    {
        public static void Succeeded(InvocationResponse response) =>
            Assert.True(
                response.Result.Status == StatusResult.Types.Status.Success,
                $"{response.Result.Status}: {response.Result.Exception?.Type} {response.Result.Exception?.Message}"
            );

        /// <param name="type">The full name of the exception's type.</param>
        public static void Failed(string type, InvocationResponse response)
        {
            Assert.Equal(StatusResult.Types.Status.Failure, response.Result.Status);
            Assert.Equal(type, response.Result.Exception.Type);
            Assert.True(response.Result.Exception.IsUserException);
        }

        // The worker reports the status Cancelled only for an exception that wraps a cancellation.
        public static void Cancelled(InvocationResponse response)
        {
            Assert.NotEqual(StatusResult.Types.Status.Success, response.Result.Status);
            Assert.Contains("Canceled", response.Result.Exception.Type, StringComparison.Ordinal);
        }
    }
}
