using System.Reflection;
using Xunit.v3;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>Before each test the office that all tests share recovers from what an earlier test did to it.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class RecoverOfficeAttribute : BeforeAfterTestAttribute
{
    // Not on xUnit's synchronization context, whose thread waits here.
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) =>
        Task.Run(RecoverAsync).GetAwaiter().GetResult();

    private static async Task RecoverAsync()
    {
        if (await TestContext.Current.GetFixture<ApiOffice>() is { } office)
            await office.ReadyAsync();
    }
}
