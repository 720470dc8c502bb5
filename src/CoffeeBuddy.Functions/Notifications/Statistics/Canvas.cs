using System.Buffers.Binary;
using System.IO.Compression;

namespace CoffeeBuddy.Functions.Notifications.Statistics;

/// <summary>A picture in memory, 8 bits for each of red, green and blue; white at first.</summary>
internal sealed class Canvas
{
    private const int Channels = 3;

    private readonly byte[] _pixels;

    public Canvas(int width, int height)
    {
        (Width, Height) = (width, height);
        _pixels = new byte[width * height * Channels];
        _pixels.AsSpan().Fill(byte.MaxValue);
    }

    public int Width { get; }

    public int Height { get; }

    public void Fill(int left, int top, int width, int height, int color)
    {
        for (var y = top; y < top + height; y++)
        {
            for (var x = left; x < left + width; x++)
                Blend(x, y, color, byte.MaxValue);
        }
    }

    /// <param name="baseline">Where the letters stand.</param>
    public void Write(string text, int left, int baseline, ChartFont font, int color)
    {
        foreach (var character in text)
        {
            var glyph = font.GlyphOf(character);
            for (var index = 0; index < glyph.Coverage.Length; index++)
                Blend(
                    left + glyph.Left + index % glyph.Width,
                    baseline + glyph.Top + index / glyph.Width,
                    color,
                    glyph.Coverage[index]
                );
            left += glyph.Advance;
        }
    }

    /// <summary>The picture as PNG (https://www.w3.org/TR/png-3).</summary>
    public byte[] ToPng()
    {
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], Height);
        // 8 bits, colour type 2 (red, green, blue); compression, filter and interlace have one or the first method.
        (header[8], header[9]) = (8, 2);
        WriteChunk(png, "IHDR"u8, header);
        using var data = new MemoryStream();
        using (var deflated = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            var row = Width * Channels;
            for (var y = 0; y < Height; y++)
            {
                deflated.WriteByte(0); // No filter.
                deflated.Write(_pixels, y * row, row);
            }
        }
        WriteChunk(png, "IDAT"u8, data.GetBuffer().AsSpan(0, (int)data.Length));
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        png.Write(number);
    }

    // CRC-32 of PNG, see its annex D.
    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : 0xEDB88320 ^ (crc >> 1);
        }
        return crc;
    }

    /// <param name="color">0xRRGGBB.</param>
    /// <param name="coverage">255 covers what was there.</param>
    private void Blend(int x, int y, int color, byte coverage)
    {
        if ((uint)x >= (uint)Width || (uint)y >= (uint)Height)
            return;
        var pixel = _pixels.AsSpan((y * Width + x) * Channels, Channels);
        for (var channel = 0; channel < Channels; channel++)
        {
            var wanted = (color >> (8 * (Channels - 1 - channel))) & byte.MaxValue;
            pixel[channel] = (byte)((wanted * coverage + pixel[channel] * (byte.MaxValue - coverage) + 127) / 255);
        }
    }
}
