namespace CoffeeBuddy.Slack.Api;

/// <summary>The address to which the content of a file is sent.</summary>
internal static class UploadUrl
{
    /// <summary>
    /// Whether the address is one of Slack's: on files.slack.com, on files.slack-gov.com where the Web API is
    /// GovSlack's, or on the server of the Web API.
    /// </summary>
    public static bool TryParse(string uploadUrl, Uri apiUrl, out Uri address) =>
        SlackAddress.TryParse(uploadUrl, "files", apiUrl, out address);
}
