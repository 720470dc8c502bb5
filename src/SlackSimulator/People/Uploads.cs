using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.People;

/// <summary>Uploads a file to a channel as a person.</summary>
internal sealed class Uploads(Workspace workspace, Lookup lookup, Files files, MessageStore messages)
{
    /// <param name="body"><c>channel, name</c>, the <c>content</c> as text or <c>content_base64</c>, and optionally
    /// <c>text</c> and <c>thread_ts</c>.</param>
    public JsonObject Upload(string user, JsonObject body)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var channel = lookup.Channel(person, body["channel"].Text());
            var name =
                body["name"].Text() ?? throw SimulatorError.BadRequest("no_name", "name is the name of the file.");
            var content = Content(body);
            var thread = body["thread_ts"].Text() is { } ts ? Lookup.Message(person, channel, ts) : null;
            var text = MessageText.Encode(body["text"].Text() ?? "", workspace);
            var (file, ticket) = files.Announce(name, person.Id, content.Length);
            files.Upload(ticket, content);
            files.Complete(file, title: null);
            var message = messages.Post(
                channel,
                new Message
                {
                    Channel = channel.Id,
                    Ts = workspace.Ids.NextTs(),
                    User = person.Id,
                    Subtype = "file_share",
                    Text = text,
                    Files = [file],
                    ThreadTs = thread?.ThreadTs ?? thread?.Ts,
                    ClientMessageId = Guid.NewGuid().ToString(),
                }
            );
            files.Share(channel, message);
            return new JsonObject
            {
                ["ok"] = true,
                ["channel"] = channel.Id,
                ["ts"] = message.Ts,
                ["file"] = file.Id,
            };
        }
    }

    private static byte[] Content(JsonObject body)
    {
        if (body["content"].Text() is { } text)
            return System.Text.Encoding.UTF8.GetBytes(text);
        var given = body["content_base64"].Text();
        var bytes = new byte[given?.Length ?? 0];
        return given is not null && Convert.TryFromBase64String(given, bytes, out var length)
            ? bytes[..length]
            : throw SimulatorError.BadRequest("no_content", "content is text, or content_base64 is bytes.");
    }
}
