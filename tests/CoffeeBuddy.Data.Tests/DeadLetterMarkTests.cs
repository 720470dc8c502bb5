using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.DeadLetters;

namespace CoffeeBuddy.Data.Tests;

public sealed class DeadLetterMarkTests(PostgresServer server) : DatabaseTest(server)
{
    private DeadLetterMarks Marks => new(Database, Time);

    private DeadLetterId Letter => new(3, 17, Now.AddHours(-1));

    [Fact]
    public async Task A_dead_letter_is_dealt_with_once_and_it_is_known_how()
    {
        var letter = Letter;
        var done = 0;

        Assert.True(
            await Marks.HandleAsync(letter, DeadLetterMarks.Replayed, "ops@pod", _ => Count(ref done), Cancellation)
        );
        Assert.False(
            await Marks.HandleAsync(letter, DeadLetterMarks.Dropped, "dev@pod", _ => Count(ref done), Cancellation)
        );

        Assert.Equal(1, done);
        Assert.Equal(
            new DeadLetterMark(DeadLetterMarks.Replayed, Now, "ops@pod"),
            (await Marks.ListAsync(Cancellation))[letter]
        );
    }

    [Fact]
    public async Task A_dead_letter_whose_handling_failed_is_not_marked()
    {
        await Assert.ThrowsAsync<IOException>(() =>
            Marks.HandleAsync(Letter, DeadLetterMarks.Replayed, "ops@pod", _ => throw new IOException(), Cancellation)
        );

        Assert.Empty(await Marks.ListAsync(Cancellation));
    }

    [Fact]
    public async Task One_of_two_operators_at_the_same_time_replays()
    {
        var (letter, done) = (Letter, 0);

        var outcomes = await AtOnceAsync(
            6,
            _ => Marks.HandleAsync(letter, DeadLetterMarks.Replayed, "ops@pod", _ => Count(ref done), Cancellation)
        );

        Assert.Equal((1, 1), (outcomes.Count(first => first), done));
    }

    [Fact]
    public async Task The_same_place_in_a_topic_created_anew_is_another_dead_letter()
    {
        await Marks.HandleAsync(Letter, DeadLetterMarks.Dropped, "ops@pod", _ => Task.CompletedTask, Cancellation);

        Assert.True(
            await Marks.HandleAsync(
                Letter with
                {
                    RecordedAt = Now,
                },
                DeadLetterMarks.Dropped,
                "ops@pod",
                _ => Task.CompletedTask,
                Cancellation
            )
        );
    }

    private static Task Count(ref int done)
    {
        Interlocked.Increment(ref done);
        return Task.CompletedTask;
    }
}
