using System.Text;

namespace Microsoft.Azure.Functions.Worker.Extensions.Kafka;

/// <summary>
/// Reads Protocol Buffers' wire format, as far as a record needs it. Malformed input is an
/// <see cref="InvalidDataException"/>.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int LengthDelimitedType = 2;
    private const int Fixed32Type = 5;

    private ReadOnlySpan<byte> _rest = message;
    private int _wireType;

    /// <summary>Moves to the next field.</summary>
    /// <returns>The field's number; 0 at the end of the message.</returns>
    public int NextField()
    {
        if (_rest.IsEmpty)
            return 0;

        var tag = Varint();
        _wireType = (int)(tag & 7);
        return checked((int)(tag >> 3));
    }

    public long Int64() => (long)(_wireType == VarintType ? Varint() : throw Malformed());

    public int Int32() => unchecked((int)Int64());

    public ReadOnlySpan<byte> Bytes() => _wireType == LengthDelimitedType ? Take(Varint()) : throw Malformed();

    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>Passes over a field that the reader does not know.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case VarintType:
                Varint();
                break;
            case Fixed64Type:
                Take(sizeof(long));
                break;
            case LengthDelimitedType:
                Take(Varint());
                break;
            case Fixed32Type:
                Take(sizeof(int));
                break;
            default:
                throw Malformed();
        }
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw Malformed();
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
            throw Malformed();

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private static InvalidDataException Malformed() => new("The record is not a valid protobuf message.");
}
