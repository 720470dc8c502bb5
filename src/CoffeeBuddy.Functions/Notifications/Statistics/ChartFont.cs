using System.Buffers.Binary;
using System.Collections.Frozen;
using System.IO.Compression;

namespace CoffeeBuddy.Functions.Notifications.Statistics;

/// <summary>
/// The drawn characters of a font in one size, from <c>inter.font</c>: the image of the worker has no fonts. The file is
/// made by <c>tools/CoffeeBuddy.ChartFont</c>.
/// </summary>
internal sealed class ChartFont
{
    private const char Missing = '?';

    private readonly FrozenDictionary<char, Glyph> _glyphs;

    private ChartFont(int size, FrozenDictionary<char, Glyph> glyphs) => (Size, _glyphs) = (size, glyphs);

    /// <summary>In pixels.</summary>
    public int Size { get; }

    /// <summary>The text of the chart, and its title. They are read for each chart, so that none of it stays in memory.</summary>
    public static (ChartFont Text, ChartFont Title) Read()
    {
        using var resource = typeof(ChartFont).Assembly.GetManifestResourceStream("inter.font")!;
        using var inflated = new MemoryStream();
        using (var stream = new ZLibStream(resource, CompressionMode.Decompress))
            stream.CopyTo(inflated);
        ReadOnlySpan<byte> rest = inflated.GetBuffer().AsSpan(0, (int)inflated.Length);
        return (Read(ref rest), Read(ref rest));
    }

    public int WidthOf(string text) => text.Sum(character => GlyphOf(character).Advance);

    /// <summary>The drawing of a character; of one that the font does not have, a question mark.</summary>
    public Glyph GlyphOf(char character) => _glyphs.TryGetValue(character, out var glyph) ? glyph : _glyphs[Missing];

    private static ChartFont Read(ref ReadOnlySpan<byte> rest)
    {
        var (size, count) = (
            BinaryPrimitives.ReadUInt16LittleEndian(rest),
            BinaryPrimitives.ReadUInt16LittleEndian(rest[2..])
        );
        rest = rest[4..];
        Dictionary<char, Glyph> glyphs = new(count);
        for (var index = 0; index < count; index++)
        {
            var code = (char)BinaryPrimitives.ReadUInt16LittleEndian(rest);
            var (advance, left, top, width, height) = (rest[2], (sbyte)rest[3], (sbyte)rest[4], rest[5], rest[6]);
            var pixels = width * height;
            glyphs[code] = new(advance, left, top, width, height, rest.Slice(7, pixels).ToArray());
            rest = rest[(7 + pixels)..];
        }
        return new(size, glyphs.ToFrozenDictionary());
    }

    /// <param name="Advance">From its start to that of the next, in pixels.</param>
    /// <param name="Left">Of its box, from its start.</param>
    /// <param name="Top">Of its box, from the base line; negative above it.</param>
    /// <param name="Coverage">Row by row, 0 to 255.</param>
    internal sealed record Glyph(int Advance, int Left, int Top, int Width, int Height, byte[] Coverage);
}
