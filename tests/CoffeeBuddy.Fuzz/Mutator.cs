using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.Fuzz;

/// <summary>Mutates a valid payload, in its bytes or in its structure. The same seed gives the same mutation.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly string[] Tokens =
    [
        "\0",
        "\u0001",
        "\r\n",
        "\uFEFF",
        "\\ud800",
        "\\u0000",
        "<!channel>",
        "<@U1|x>",
        "%00",
        "%FF",
        "%",
        "&",
        "=",
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "-0",
        "1e400",
        "9999999999999999999999999",
        "0x10",
        "NaN",
        "../../",
        "'; DROP TABLE orders; --",
        "👩🏽‍💻",
        "مرحبا",
        "𝕏",
        "//",
        "/*",
    ];

    private readonly Random _random = new(seed);

    public byte[] Json(string seedJson) =>
        _random.Next(3) == 0 ? Bytes(Encoding.UTF8.GetBytes(seedJson)) : Encoding.UTF8.GetBytes(Structure(seedJson));

    /// <summary>A form whose values are plain text.</summary>
    public byte[] Form(IReadOnlyList<(string Name, string Value)> fields)
    {
        var mutated = fields.ToList();
        for (var times = _random.Next(1, 4); times > 0; times--)
        {
            var index = _random.Next(mutated.Count);
            var (name, value) = mutated[index];
            switch (_random.Next(6))
            {
                case 0 when mutated.Count > 1:
                    mutated.RemoveAt(index);
                    break;
                case 1:
                    mutated.Add((name, Hostile()));
                    break;
                case 2:
                    mutated.AddRange(Enumerable.Repeat((name + _random.Next(), value), _random.Next(1, 200)));
                    break;
                default:
                    mutated[index] = (name, Splice(value));
                    break;
            }
        }

        var body = Encoding.UTF8.GetBytes(
            string.Join('&', mutated.Select(field => $"{field.Name}={Escape(field.Value)}"))
        );
        return _random.Next(4) == 0 ? Bytes(body) : body;
    }

    /// <summary>An interaction: a form whose only field is JSON.</summary>
    public byte[] Payload(string seedJson)
    {
        // Every byte is escaped by itself: the payload may be invalid UTF-8.
        var json = Json(seedJson);
        var escaped = new StringBuilder("payload=");
        foreach (var part in json)
            escaped.Append(char.IsAsciiLetterOrDigit((char)part) ? ((char)part).ToString() : $"%{part:X2}");
        var body = Encoding.ASCII.GetBytes(escaped.ToString());
        return _random.Next(10) == 0 ? Bytes(body) : body;
    }

    /// <summary>A segment of a path; none that Kestrel refuses before a function is called.</summary>
    public string Segment()
    {
        var text = Hostile().Replace("\0", "", StringComparison.Ordinal);
        return Uri.EscapeDataString(text.Length > 200 ? text[..200] : text);
    }

    /// <summary>A header value that HTTP allows.</summary>
    public string Header(string value)
    {
        var text = string.Concat(Splice(value).Where(character => !char.IsControl(character)));
        return text.Length > 1000 ? text[..1000] : text;
    }

    /// <summary>The value of a query parameter.</summary>
    public string Parameter(string value) =>
        Sometimes(2) ? Uri.EscapeDataString(value)
        : Sometimes(10) ? "%00"
        : Segment();

    /// <summary>Raw bytes for a Kafka key, value or header; null is possible too.</summary>
    public byte[]? Raw(string value) =>
        _random.Next(6) switch
        {
            0 => null,
            1 => [],
            2 => Bytes(Encoding.UTF8.GetBytes(value)),
            3 => Noise(_random.Next(1, 300)),
            4 => Noise(_random.Next(1_000, 20_000)),
            _ => Encoding.UTF8.GetBytes(value),
        };

    public T One<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    public bool Sometimes(int oneIn) => _random.Next(oneIn) == 0;

    private byte[] Noise(int length)
    {
        var noise = new byte[length];
        _random.NextBytes(noise);
        return noise;
    }

    private byte[] Bytes(byte[] seedBytes)
    {
        var bytes = seedBytes.ToList();
        for (var times = _random.Next(1, 9); times > 0 && bytes.Count > 0; times--)
        {
            var at = _random.Next(bytes.Count);
            var length = _random.Next(Math.Min(64, bytes.Count - at) + 1);
            switch (_random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(One(Tokens)));
                    break;
            }
        }

        return [.. bytes];
    }

    private string Structure(string seedJson)
    {
        var root = JsonNode.Parse(seedJson)!;
        var text = root.ToJsonString();
        for (var times = _random.Next(1, 4); times > 0; times--)
        {
            var nodes = Inner(root).ToList();
            if (nodes.Count == 0)
                break;
            var node = One(nodes);
            if (node.Parent is JsonObject parent)
            {
                var name = node.GetPropertyName();
                if (_random.Next(5) == 0)
                    parent.Remove(name);
                else
                    parent[name] = HostileNode();
            }
            else
            {
                ((JsonArray)node.Parent!)[node.GetElementIndex()] = HostileNode();
            }

            text = root.ToJsonString();
        }

        // A repeated member, which JSON libraries do not write.
        return _random.Next(10) == 0 && text.IndexOf(',') is > 0 and var comma
            ? text.Insert(comma, "," + text[1..comma])
            : text;
    }

    private static IEnumerable<JsonNode> Inner(JsonNode node)
    {
        var children = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => [],
        };
        foreach (var child in children.OfType<JsonNode>())
        {
            yield return child;
            foreach (var deeper in Inner(child))
                yield return deeper;
        }
    }

    private JsonNode? HostileNode() =>
        _random.Next(8) switch
        {
            0 => null,
            1 => JsonValue.Create(_random.Next(2) == 0),
            2 => JsonValue.Create(_random.NextInt64(long.MinValue, long.MaxValue)),
            3 => JsonNode.Parse(One<string>(["1e308", "-0.0", "99999999999999999999999999999999", "1e-400"])),
            4 => new JsonArray([
                .. Enumerable.Range(0, _random.Next(50)).Select(_ => (JsonNode?)JsonValue.Create(Hostile())),
            ]),
            5 => JsonNode.Parse(new string('[', 40) + new string(']', 40)),
            6 => new JsonObject { [Hostile()] = Hostile() },
            _ => JsonValue.Create(Hostile()),
        };

    private string Hostile() =>
        _random.Next(5) switch
        {
            0 => "",
            1 => new string(One<char>(['a', ' ', '\0', '<', 'ß']), _random.Next(1, 5000)),
            2 => string.Concat(Enumerable.Range(0, _random.Next(1, 30)).Select(_ => One(Tokens))),
            3 => string.Create(
                20,
                _random,
                static (chars, random) =>
                {
                    for (var index = 0; index < chars.Length; index++)
                        chars[index] = (char)random.Next(1, 0xD800);
                }
            ),
            _ => One(Tokens),
        };

    private string Splice(string value)
    {
        var at = _random.Next(value.Length + 1);
        return _random.Next(3) == 0 ? Hostile() : value[..at] + Hostile() + (_random.Next(2) == 0 ? value[at..] : "");
    }

    private string Escape(string value) => _random.Next(8) == 0 ? value : Uri.EscapeDataString(value);
}
