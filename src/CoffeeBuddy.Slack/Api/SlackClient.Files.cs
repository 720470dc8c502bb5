using System.Globalization;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Slack.Api;

public sealed partial class SlackClient
{
    /// <summary>
    /// Uploads a file, which nobody sees before <see cref="ShareFileAsync"/>
    /// (https://docs.slack.dev/messaging/working-with-files). Needs the scope files:write.
    /// </summary>
    /// <param name="altText">What a picture shows, for people who cannot see it, at most 1000 characters; null: it is
    /// no picture.</param>
    /// <returns>The id of the file.</returns>
    /// <exception cref="SlackApiException">Also <c>invalid_upload_url</c>: the address for the content is not one of
    /// Slack's.</exception>
    public async Task<string> UploadFileAsync(
        string name,
        byte[] content,
        string? altText,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    )
    {
        var method = SlackMethod.GetUploadUrl;
        (string Name, string? Value)[] arguments =
        [
            ("filename", name),
            ("length", content.Length.ToString(CultureInfo.InvariantCulture)),
            ("alt_txt", altText),
        ];
        using var form = new FormUrlEncodedContent(
            arguments
                .Where(argument => argument.Value is not null)
                .Select(argument => KeyValuePair.Create(argument.Name, argument.Value!))
        );
        var upload = await _transport.CallAsync(
            method,
            form,
            ApiJson.Default.UploadUrlResponse,
            new RateLimitScope(SlackIds.TeamOf(workspaceId)),
            cancellationToken
        );
        if (upload is not { UploadUrl: { } address, FileId: { } file })
            throw SlackAnswer.Invalid(method);
        await _transport.UploadAsync(address, new ByteArrayContent(content), cancellationToken);
        return file;
    }

    /// <summary>Posts an uploaded file in a channel.</summary>
    /// <param name="comment">The text of the message, in mrkdwn.</param>
    public Task ShareFileAsync(
        string fileId,
        string title,
        string channel,
        string comment,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    ) =>
        CallAsync(
            SlackMethod.CompleteUpload,
            new CompleteUploadRequest([new(fileId, title)], channel, comment),
            ApiJson.Default.CompleteUploadRequest,
            ApiJson.Default.ApiResponse,
            new RateLimitScope(SlackIds.TeamOf(workspaceId)),
            cancellationToken
        );
}
