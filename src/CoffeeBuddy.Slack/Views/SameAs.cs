namespace CoffeeBuddy.Slack.Views;

/// <summary>"Same as …" was chosen in the order form.</summary>
/// <param name="UserId">The person whose order in this run is to be filled in.</param>
/// <param name="MemberUntil">See <see cref="OrderForm.MemberUntil"/>.</param>
public sealed record SameAs(Guid RunId, string ChannelId, string UserId, DateTimeOffset? MemberUntil);
