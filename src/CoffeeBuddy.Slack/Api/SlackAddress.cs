namespace CoffeeBuddy.Slack.Api;

/// <summary>An address that Slack has sent, to which something is to be sent.</summary>
internal static class SlackAddress
{
    /// <summary>
    /// Whether the address is one of Slack's: on this host of slack.com, of slack-gov.com where the Web API is
    /// GovSlack's, or on the server of the Web API.
    /// </summary>
    /// <param name="host">For example "hooks".</param>
    public static bool TryParse(string text, string host, Uri apiUrl, out Uri address)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out address!) || address.UserInfo.Length > 0)
            return false;
        var domain = apiUrl.Host is "slack-gov.com" ? "slack-gov.com" : "slack.com";
        return (address is { Scheme: "https", IsDefaultPort: true } && address.Host == $"{host}.{domain}")
            || (address.Scheme == apiUrl.Scheme && address.Authority == apiUrl.Authority);
    }
}
