using SlackSimulator.BlockKit;
using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.WebApi;

namespace SlackSimulator.Model;

/// <summary>
/// Each person's stack of open modals, at most three, and published home. Called under the workspace's lock.
/// </summary>
internal sealed class ViewStore(Workspace workspace, ChangeLog changes)
{
    private const int MaxStack = 3;
    private readonly Dictionary<string, List<View>> _stacks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, View> _homes = new(StringComparer.Ordinal);

    public View? Top(string userId) => _stacks.GetValueOrDefault(userId) is { Count: > 0 } stack ? stack[^1] : null;

    public View? Home(string userId) => _homes.GetValueOrDefault(userId);

    public IReadOnlyList<View> Stack(string userId) => _stacks.GetValueOrDefault(userId) ?? [];

    public View? Find(string viewId) =>
        All.FirstOrDefault(view => string.Equals(view.Id, viewId, StringComparison.Ordinal));

    public View? FindExternal(string externalId) =>
        All.FirstOrDefault(view => string.Equals(view.ExternalId, externalId, StringComparison.Ordinal));

    /// <summary>Opens a modal. It replaces the person's open modals.</summary>
    public View Open(string userId, JsonObject definition, string? channelId = null)
    {
        RequireFreeExternalId(definition, except: null);
        var id = workspace.Ids.Next("V");
        var view = Create(id, userId, definition, id, null, channelId);
        foreach (var covered in Stack(userId))
            changes.Publish("view.closed", Describe(covered));
        _stacks[userId] = [view];
        changes.Publish("view.opened", Describe(view));
        return view;
    }

    /// <summary>Opens a modal on top of the person's stack.</summary>
    /// <exception cref="SlackError"><c>push_limit_reached</c>: three modals are open.</exception>
    public View Push(string userId, JsonObject definition)
    {
        var stack = _stacks.GetValueOrDefault(userId) ?? throw new SlackError("not_found");
        if (stack.Count >= MaxStack)
            throw new SlackError("push_limit_reached");
        RequireFreeExternalId(definition, except: null);
        var view = Create(workspace.Ids.Next("V"), userId, definition, stack[0].Id, stack[^1].Id, stack[0].ChannelId);
        stack.Add(view);
        changes.Publish("view.opened", Describe(view));
        return view;
    }

    /// <summary>Replaces a view's content. Entered values are kept in inputs whose ids are unchanged.</summary>
    /// <exception cref="SlackError"><c>hash_conflict</c>: the view was changed after <paramref name="hash"/> was
    /// read.</exception>
    public View Update(View view, JsonObject definition, string? hash)
    {
        if (hash is not null && !string.Equals(hash, view.Hash, StringComparison.Ordinal))
            throw new SlackError("hash_conflict");
        RequireFreeExternalId(definition, view);
        Identifiers.Complete(definition["blocks"]!.AsArray(), view.Blocks);
        view.Definition = definition;
        view.State = InputState.Of(view.Blocks, view.State, view.ChannelId);
        view.Hash = NewHash();
        changes.Publish(view.Type is "home" ? "home.published" : "view.updated", Describe(view));
        return view;
    }

    public View Publish(string userId, JsonObject definition, string? hash)
    {
        if (_homes.TryGetValue(userId, out var home))
            return Update(home, definition, hash);
        RequireFreeExternalId(definition, except: null);
        var id = workspace.Ids.Next("V");
        _homes[userId] = home = Create(id, userId, definition, id, null);
        changes.Publish("home.published", Describe(home));
        return home;
    }

    /// <summary>Closes the top modal, so that the one below it is shown, or all of them.</summary>
    /// <returns>The closed modals, top first.</returns>
    public IReadOnlyList<View> Close(string userId, bool all)
    {
        if (!_stacks.TryGetValue(userId, out var stack) || stack.Count == 0)
            return [];
        List<View> closed = all ? [.. stack.AsEnumerable().Reverse()] : [stack[^1]];
        stack.RemoveRange(stack.Count - closed.Count, closed.Count);
        if (stack.Count == 0)
            _stacks.Remove(userId);
        foreach (var view in closed)
            changes.Publish("view.closed", Describe(view));
        return closed;
    }

    private IEnumerable<View> All => _stacks.Values.SelectMany(stack => stack).Concat(_homes.Values);

    private View Create(
        string id,
        string userId,
        JsonObject definition,
        string rootId,
        string? previousId,
        string? channelId = null
    )
    {
        var blocks = Identifiers.Complete(definition["blocks"]!.AsArray());
        return new View
        {
            Id = id,
            UserId = userId,
            RootId = rootId,
            PreviousId = previousId,
            ChannelId = channelId,
            Definition = definition,
            Hash = NewHash(),
            State = InputState.Of(blocks, here: channelId),
        };
    }

    private void RequireFreeExternalId(JsonObject definition, View? except)
    {
        if (
            definition["external_id"].Text() is { Length: > 0 } id
            && FindExternal(id) is { } other
            && !ReferenceEquals(other, except)
        )
            throw new SlackError("duplicate_external_id");
    }

    private string NewHash() => $"{workspace.Clock.Now.ToUnixTimeSeconds()}.{IdSource.Secret(4)}";

    private static JsonObject Describe(View view) =>
        new()
        {
            ["user"] = view.UserId,
            ["view_id"] = view.Id,
            ["callback_id"] = view.Definition["callback_id"].Text() ?? "",
        };
}
