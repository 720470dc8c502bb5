using CoffeeBuddy.Slack.Views;

namespace CoffeeBuddy.Functions.Notifications.Statistics;

/// <summary>Draws a chart as PNG: the same chart is the same picture everywhere.</summary>
public static class ChartPicture
{
    public const int Width = 1200;
    public const int Height = 800;

    private const int Margin = 60;
    private const int PanelHeight = 240;

    // Of a panel, from its top to the bars: its title, and the values above the highest bar.
    private const int AboveBars = 70;
    private const int BelowBars = 30;

    private const int White = 0xFFFFFF;
    private const int Dark = 0x1D1C1D;
    private const int Grey = 0x616061;
    private const int Light = 0xDDDDDD;
    private const int Coffee = 0x8B5A3C;
    private const int TargetLine = 0x1264A3;

    public static byte[] Draw(StatisticsChart chart)
    {
        var canvas = new Canvas(Width, Height);
        var (text, title) = ChartFont.Read();
        canvas.Write(chart.Title, Margin, 64, title, Dark);
        var top = 100;
        foreach (var panel in chart.Panels)
        {
            DrawPanel(canvas, panel, top, text);
            top += PanelHeight + 50;
        }
        foreach (var note in chart.Notes)
        {
            canvas.Write(note, Margin, top + text.Size, text, Grey);
            top += text.Size + 12;
        }
        return canvas.ToPng();
    }

    private static void DrawPanel(Canvas canvas, ChartPanel panel, int top, ChartFont font)
    {
        canvas.Write(panel.Title, Margin, top + font.Size, font, Dark);
        var (bottom, room) = (top + PanelHeight - BelowBars, PanelHeight - AboveBars - BelowBars);
        var highest = panel.Bars.Select(bar => bar.Value).Append(panel.Target ?? 0).Append(1).Max();
        int Pixels(double value) => (int)Math.Round(value / highest * room);
        var column = (canvas.Width - 2 * Margin) / panel.Bars.Count;
        canvas.Fill(Margin, bottom, column * panel.Bars.Count, 2, Light);
        if (panel.Target is { } target)
        {
            for (var x = Margin; x < Margin + column * panel.Bars.Count; x += 16)
                canvas.Fill(x, bottom - Pixels(target), 8, 2, TargetLine);
        }
        foreach (var (bar, index) in panel.Bars.Select((bar, index) => (bar, index)))
        {
            var (left, height) = (Margin + index * column, Pixels(bar.Value));
            canvas.Fill(left + column / 5, bottom - height, column * 3 / 5, height, Coffee);
            WriteCentred(bar.Text, bottom - height - 8, Dark);
            WriteCentred(bar.Label, bottom + BelowBars - 4, Grey);

            // On white: the line of the target must not cross it.
            void WriteCentred(string written, int baseline, int color)
            {
                var width = font.WidthOf(written);
                var start = left + (column - width) / 2;
                canvas.Fill(start, baseline - font.Size + 4, width, font.Size - 2, White);
                canvas.Write(written, start, baseline, font, color);
            }
        }
    }
}
