using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.ToApp;

namespace SlackSimulator.Model;

/// <summary>The files of the workspace. Called under the workspace's lock.</summary>
internal sealed class Files(Workspace workspace, ChangeLog changes, EventDelivery events)
{
    private readonly Dictionary<string, SharedFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SharedFile> _uploads = new(StringComparer.Ordinal);

    /// <summary>The completed files that were not deleted, newest first.</summary>
    public IEnumerable<SharedFile> All =>
        _files.Values.Where(file => file is { IsComplete: true, IsDeleted: false }).Reverse();

    public SharedFile? Find(string id) => _files.GetValueOrDefault(id);

    /// <summary>Announces a file.</summary>
    /// <returns>The file, and the secret of the address to upload its content to.</returns>
    public (SharedFile File, string Ticket) Announce(string name, string userId, int length, string? altText = null)
    {
        var file = new SharedFile(workspace.Ids.Next("F"), name, userId, workspace.Clock.Now)
        {
            AltText = altText,
            Length = length,
        };
        var ticket = IdSource.Secret(24);
        _files[file.Id] = _uploads[ticket] = file;
        return (file, ticket);
    }

    /// <returns>False when the ticket is unknown or was used, or the length is not the announced one.</returns>
    public bool Upload(string ticket, byte[] content)
    {
        if (!_uploads.TryGetValue(ticket, out var file) || content.Length != file.Length)
            return false;
        file.Content = content;
        return _uploads.Remove(ticket);
    }

    public void Complete(SharedFile file, string? title)
    {
        file.Title = title ?? file.Title;
        file.IsComplete = true;
        Raise("file_created", file);
    }

    /// <summary>Notes the message that shows files, which was posted before.</summary>
    public void Share(Channel channel, Message message)
    {
        foreach (var file in message.Files)
        {
            file.Shares.Add((channel, message.Ts));
            if (channel.HasMember(workspace.App.BotUserId))
                Raise("file_shared", file, channel);
        }
    }

    public void Delete(SharedFile file)
    {
        (file.IsDeleted, file.Content) = (true, null);
        foreach (var (channel, ts) in file.Shares)
        {
            if (MessageStore.Find(channel, ts) is { } message)
                changes.Publish("message.updated", MessageStore.Describe(channel, message));
        }

        var deleted = new JsonObject { ["type"] = "file_deleted", ["file_id"] = file.Id };
        deleted["channel_ids"] = file.Shares.Select(share => share.Channel.Id).Distinct().ToJsonArray();
        events.Raise("file_deleted", deleted.With("event_ts", workspace.Ids.NextTs()));
    }

    private void Raise(string type, SharedFile file, Channel? channel = null)
    {
        var content = new JsonObject
        {
            ["type"] = type,
            ["file_id"] = file.Id,
            ["user_id"] = file.UserId,
            ["file"] = new JsonObject { ["id"] = file.Id },
        };
        if (channel is not null)
            content["channel_id"] = channel.Id;
        events.Raise(type, content.With("event_ts", workspace.Ids.NextTs()));
    }
}
