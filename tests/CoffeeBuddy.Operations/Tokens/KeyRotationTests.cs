namespace CoffeeBuddy.Operations.Tokens;

/// <summary>The issuer changes its keys, and strangers send tokens with keys that do not exist.</summary>
public sealed class KeyRotationTests : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TokenGate _gate = new();

    public ValueTask DisposeAsync() => _gate.DisposeAsync();

    [Fact]
    public async Task A_token_with_a_new_key_is_accepted_at_once()
    {
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.Hydra()));
        _gate.Time.Advance(Interval);
        Rotate();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _gate.StatusAsync(New())));

        Assert.All(answers, status => Assert.Equal(200, status));
        Assert.Equal(2, _gate.Issuer.KeyReads);
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.Hydra()));
    }

    [Fact]
    public async Task After_junk_a_token_with_a_new_key_waits_for_the_next_read_and_is_accepted()
    {
        Assert.Equal(401, await _gate.StatusAsync(Junk()));
        Rotate();

        var answers = Enumerable.Range(0, 20).Select(_ => _gate.StatusAsync(New())).ToList();
        var junk = _gate.StatusAsync(Junk());
        await _gate.Time.WaitsAsync(Interval);
        Assert.Equal(1, _gate.Issuer.KeyReads);
        _gate.Time.Advance(Interval);

        Assert.All(await Task.WhenAll(answers), status => Assert.Equal(200, status));
        Assert.Equal(401, await junk);
        Assert.Equal(2, _gate.Issuer.KeyReads);
    }

    [Fact]
    public async Task A_read_that_began_before_the_new_key_was_published_does_not_decide_about_it()
    {
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.Hydra()));
        _gate.Time.Advance(Interval);
        _gate.Issuer.Hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var junk = _gate.StatusAsync(Junk());
        await Eventually.TrueAsync(() => _gate.Issuer.MetadataReads == 2, "the read has begun");
        var answer = _gate.StatusAsync(New());
        _gate.Issuer.Hang.SetResult();
        Assert.Equal(401, await junk);
        _gate.Issuer.Hang = null;
        Rotate();
        await _gate.Time.WaitsAsync(Interval);
        _gate.Time.Advance(Interval);

        Assert.Equal(200, await answer);
    }

    [Fact]
    public async Task Junk_makes_the_worker_read_the_keys_at_most_every_10_s()
    {
        for (var seconds = 0; seconds < 60; seconds++)
        {
            _ = _gate.StatusAsync(Junk());
            _gate.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await Eventually.TrueAsync(() => _gate.Issuer.KeyReads >= 1, "the keys were read");
        Assert.InRange(_gate.Issuer.MetadataReads, 1, 7);
    }

    [Fact]
    public async Task Not_more_than_100_requests_wait_for_the_keys_and_others_are_not_held_up()
    {
        Assert.Equal(401, await _gate.StatusAsync(Junk()));
        var waiting = Enumerable.Range(0, 100).Select(_ => _gate.StatusAsync(Junk())).ToList();

        var more = await _gate.SendAsync(Junk());

        Assert.Equal((503, Interval), (more.Status, more.RetryAfter));
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.Hydra()));
        _gate.Time.Advance(Interval);
        Assert.All(await Task.WhenAll(waiting), status => Assert.Equal(401, status));
        Assert.Equal(2, _gate.Issuer.KeyReads);
    }

    [Fact]
    public async Task A_withdrawn_key_is_refused_within_5_minutes_also_when_nobody_called_meanwhile()
    {
        var token = _gate.Issuer.Hydra();
        Assert.Equal(200, await _gate.StatusAsync(token));
        _gate.Issuer.Published.Clear();
        _gate.Issuer.Published.Add(FakeIssuer.Second);
        Assert.Equal(200, await _gate.StatusAsync(token));

        _gate.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(401, await _gate.StatusAsync(token));
        Assert.Equal(200, await _gate.StatusAsync(New()));
    }

    [Fact]
    public async Task Keys_are_read_again_before_requests_have_to_wait_for_it()
    {
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.Hydra()));
        _gate.Time.Advance(TimeSpan.FromMinutes(4));
        _gate.Issuer.Hang = new TaskCompletionSource();

        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.Hydra()));

        await Eventually.TrueAsync(() => _gate.Issuer.MetadataReads == 2, "the keys are read again");
        _gate.Issuer.Hang.SetResult();
        await Eventually.TrueAsync(() => _gate.Issuer.KeyReads == 2, "the keys were read again");
    }

    [Fact]
    public async Task The_issuer_that_withdraws_all_keys_locks_everybody_out()
    {
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.Hydra()));
        _gate.Issuer.Published.Clear();
        _gate.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(401, await _gate.StatusAsync(_gate.Issuer.Hydra()));
    }

    private void Rotate() => _gate.Issuer.Published.Insert(0, FakeIssuer.Second);

    private string New() => _gate.Issuer.Hydra(key: FakeIssuer.Second);

    private string Junk() => _gate.Issuer.Hydra((header, _) => header["kid"] = Guid.NewGuid().ToString());
}
