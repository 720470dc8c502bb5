using CoffeeBuddy.Slack.Payloads;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class SlackTimestampTests
{
    [Fact]
    public void A_timestamp_is_read_to_the_microsecond() =>
        Assert.Equal(
            new DateTimeOffset(2012, 12, 14, 20, 38, 43, TimeSpan.Zero).AddMicroseconds(5),
            SlackTimestamp.Read("1355517523.000005")
        );

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("-1")]
    [InlineData("1e9")]
    [InlineData("99999999999999999999.5")]
    public void Other_text_is_not_a_timestamp(string? ts) => Assert.Null(SlackTimestamp.Read(ts));
}
