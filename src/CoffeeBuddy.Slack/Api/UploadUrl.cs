namespace CoffeeBuddy.Slack.Api;

/// <summary>The address to which the content of a file is sent.</summary>
internal static class UploadUrl
{
    /// <summary>
    /// Whether the address is one of Slack's: on files.slack.com, on files.slack-gov.com where the Web API is
    /// GovSlack's, or on the server of the Web API.
    /// </summary>
    public static bool TryParse(string uploadUrl, Uri apiUrl, out Uri address)
    {
        if (!Uri.TryCreate(uploadUrl, UriKind.Absolute, out address!) || address.UserInfo.Length > 0)
            return false;
        var files = apiUrl.Host is "slack-gov.com" ? "files.slack-gov.com" : "files.slack.com";
        return (address is { Scheme: "https", IsDefaultPort: true } && address.Host == files)
            || (address.Scheme == apiUrl.Scheme && address.Authority == apiUrl.Authority);
    }
}
