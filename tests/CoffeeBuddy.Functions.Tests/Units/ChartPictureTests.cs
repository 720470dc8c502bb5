using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Functions.Notifications.Statistics;
using CoffeeBuddy.Slack.Views;

namespace CoffeeBuddy.Functions.Tests;

public sealed class ChartPictureTests
{
    private const int BytesPerRow = 1 + 3 * ChartPicture.Width;
    private const int RightMargin = 40;

    [Fact]
    public void The_picture_is_a_PNG_of_the_expected_size_and_the_same_each_time()
    {
        var picture = ChartPicture.Draw(Chart(3, 0, 7));

        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], picture[..8]);
        Assert.Equal(["IHDR", "IDAT", "IEND"], Chunks(picture).Select(chunk => chunk.Type));
        var header = Chunks(picture)[0].Data;
        Assert.Equal(
            (ChartPicture.Width, ChartPicture.Height),
            (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)))
        );
        Assert.Equal([8, 2, 0, 0, 0], header[8..]);
        Assert.Equal(BytesPerRow * ChartPicture.Height, Rows(picture).Length);
        Assert.InRange(picture.Length, 5_000, 200_000);
        Assert.Equal(picture, ChartPicture.Draw(Chart(3, 0, 7)));
    }

    [Fact]
    public void Higher_numbers_are_higher_bars_and_words_are_drawn()
    {
        var low = Rows(ChartPicture.Draw(Chart(1, 1, 8)));
        var high = Rows(ChartPicture.Draw(Chart(8, 8, 8)));

        Assert.True(Pixels(high, 0x8B5A3C) > Pixels(low, 0x8B5A3C) * 2);
        Assert.True(Pixels(low, 0x1264A3) > 0);
        Assert.True(Pixels(Rows(ChartPicture.Draw(Chart() with { Title = "Kaffeerunden für Zoë" })), 0x1D1C1D) > 500);
    }

    [Fact]
    public void The_font_has_the_letters_of_all_languages()
    {
        var missing = ChartPicture.Draw(Chart() with { Title = "?" });

        Assert.All(
            "äöüßéèêàçñíóúá¿¡".Select(letter => ChartPicture.Draw(Chart() with { Title = $"{letter}" })),
            drawn => Assert.NotEqual(missing, drawn)
        );
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    [InlineData("fr")]
    [InlineData("es")]
    public void The_texts_of_the_chart_fit_into_the_picture(string language)
    {
        using var _ = Languages.Use(language);
        var statistics = new RunStatistics
        {
            Weeks =
            [
                .. Enumerable
                    .Range(0, RunStatistics.WeekCount)
                    .Select(week => new WeekNumbers(new DateOnly(2026, 1, 5).AddDays(7 * week), 99, MedianTime: null)),
            ],
            Times = new(99, 99, TimeSpan.FromSeconds(3_599), TimeSpan.FromSeconds(3_599)),
            Fairness = new(9, 99, 12.34),
            ActivePeople = 99,
            Drinks = [],
            Survey = new(99, 0, 0),
        };

        var rows = Rows(ChartPicture.Draw(StatisticsChart.Of(statistics, windowDays: 365)));

        // What is too long is drawn beyond the right margin, as far as the picture reaches.
        Assert.All(
            rows.Chunk(BytesPerRow),
            row => Assert.True(row.AsSpan()[^(3 * RightMargin)..].IndexOfAnyExcept(byte.MaxValue) < 0)
        );
    }

    [Fact]
    public void Characters_that_the_font_does_not_have_and_long_texts_are_no_failure()
    {
        var chart = Chart(1) with { Title = $"コーヒー {new string('W', 500)}" };

        Assert.NotEmpty(ChartPicture.Draw(chart));
    }

    private static StatisticsChart Chart(params int[] values)
    {
        ChartBar[] bars = [.. values.Append(0).Select(value => new ChartBar("2 Mar", value, $"{value}"))];
        return new("Runs", [new("Runs", bars, Target: null), new("Minutes", bars, Target: 5)], ["A note"], "In words");
    }

    private static int Pixels(byte[] rows, int color)
    {
        byte[] wanted = [(byte)(color >> 16), (byte)(color >> 8), (byte)color];
        return rows.Chunk(BytesPerRow).Sum(row => row.Skip(1).Chunk(3).Count(pixel => pixel.SequenceEqual(wanted)));
    }

    private static byte[] Rows(byte[] picture)
    {
        using var stream = new ZLibStream(new MemoryStream(Chunks(picture)[1].Data), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        stream.CopyTo(rows);
        return rows.ToArray();
    }

    private static List<(string Type, byte[] Data)> Chunks(byte[] picture)
    {
        List<(string, byte[])> chunks = [];
        for (var at = 8; at < picture.Length; )
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(at));
            var typeAndData = picture.AsSpan(at + 4, 4 + length);
            // Of a polynomial in another way than the code: bit by bit over the reversed bytes.
            Assert.Equal(Crc(typeAndData), BinaryPrimitives.ReadUInt32BigEndian(picture.AsSpan(at + 8 + length)));
            chunks.Add((Encoding.ASCII.GetString(typeAndData[..4]), typeAndData[4..].ToArray()));
            at += 12 + length;
        }
        return chunks;
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var difference = ((crc >> 31) ^ (uint)(value >> bit)) & 1;
                crc = (crc << 1) ^ (difference * 0x04C11DB7);
            }
        }
        var reversed = 0u;
        for (var bit = 0; bit < 32; bit++)
            reversed |= ((~crc >> bit) & 1) << (31 - bit);
        return reversed;
    }
}
