using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using CoffeeBuddy.Core.Events;
using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Events;

/// <summary>
/// Kafka is not trusted: whoever can write to a topic could act as any person. Every record that the worker writes is
/// signed, those of <c>slack.events</c> are encrypted as well, and a record without a valid signature is refused.
/// </summary>
/// <remarks>
/// The header <c>mac</c> is the id of the key, a colon, and HMAC-SHA256 in base64 over the topic, the key, the value and
/// all <c>ce_</c> headers. So a record counts only on its topic, under its key, and with the time it was made; a copy of
/// it on the same topic is a repetition, which handlers recognise. An encrypted value is a nonce of 12 bytes, the
/// AES-256-GCM ciphertext, and a tag of 16 bytes.
/// </remarks>
public sealed class RecordSeal : IDisposable
{
    public const string MacHeader = "mac";
    private const string EncryptionHeader = "ce_encryption";
    private const string Encryption = "A256GCM";
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly TimeProvider _time;
    private readonly IDisposable? _changes;
    private volatile State _state;

    public RecordSeal(IOptionsMonitor<KafkaOptions> options, TimeProvider time)
    {
        _time = time;
        _state = State.Of(options.CurrentValue);
        // Only valid options arrive here: with invalid ones the worker keeps the keys that it has.
        _changes = options.OnChange(changed => _state = State.Of(changed));
    }

    public RecordSeal(KafkaOptions options, TimeProvider time) => (_time, _state) = (time, State.Of(options));

    /// <summary>Signs a record that is to be written, and encrypts it where its topic requires that.</summary>
    public void Seal(string topic, Message<string, byte[]> message)
    {
        var state = _state;
        // The workers of a version that did not sign cannot decrypt either.
        if (topic == Topics.SlackEvents && !state.AcceptsUnsigned(_time))
        {
            message.Value = Encrypt(message.Value, state.Current);
            message.Headers.Add(EncryptionHeader, Encoding.UTF8.GetBytes(Encryption));
        }

        var mac = Mac(
            state.Current,
            new(topic, Encoding.UTF8.GetBytes(message.Key), message.Value, All(message.Headers))
        );
        message.Headers.Add(MacHeader, Encoding.UTF8.GetBytes($"{state.Current.Id}:{Convert.ToBase64String(mac)}"));
    }

    /// <returns>The value in clear.</returns>
    /// <exception cref="PermanentFailureException">The record is not signed as required.</exception>
    public byte[] Open(KafkaRecord record) =>
        TryOpen(
            new(
                record.Topic,
                record.Key,
                record.Value,
                [.. record.Headers.Select(header => (header.Key, header.Value ?? []))]
            ),
            out var value,
            out var fault
        )
            ? value
            : throw new PermanentFailureException(fault);

    /// <inheritdoc cref="Open"/>
    /// <param name="topic">The topic that the record is on, or is to be written to.</param>
    public bool TryOpen(
        string topic,
        Message<byte[]?, byte[]?> message,
        [NotNullWhen(true)] out byte[]? value,
        [NotNullWhen(false)] out string? fault
    ) => TryOpen(new(topic, message.Key, message.Value, All(message.Headers)), out value, out fault);

    public void Dispose() => _changes?.Dispose();

    private bool TryOpen(Record record, [NotNullWhen(true)] out byte[]? value, [NotNullWhen(false)] out string? fault)
    {
        var state = _state;
        (value, fault) = (null, null);
        var mac = record.Header(MacHeader);
        if (mac is null && state.AcceptsUnsigned(_time))
        {
            value = record.Value ?? [];
            return true;
        }

        if (mac is null)
            fault = "The record is not signed.";
        else if (state.Find(mac.Split(':')[0]) is not { } keys)
            fault = "The record is signed with a key that this worker does not know.";
        else if (!IsValid(mac, Mac(keys, record)))
            fault = "The record's signature does not fit to its topic, key and contents.";
        else
            value = record.Header(EncryptionHeader) is null ? record.Value ?? [] : Decrypt(record.Value ?? [], keys);
        return value is not null;
    }

    private static bool IsValid(string mac, byte[] expected)
    {
        Span<byte> given = stackalloc byte[expected.Length];
        return Convert.TryFromBase64String(mac[(mac.IndexOf(':') + 1)..], given, out var length)
            && CryptographicOperations.FixedTimeEquals(given[..length], expected);
    }

    private static byte[] Mac(RecordKeys keys, Record record)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys.Signing);
        // Each part begins with its length: no two different records are the same bytes.
        void Append(ReadOnlySpan<byte> part)
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
            hmac.AppendData(length);
            hmac.AppendData(part);
        }

        Append(Encoding.UTF8.GetBytes(record.Topic));
        Append(record.Key);
        Append(record.Value);
        foreach (var (name, value) in record.Headers)
        {
            if (!name.StartsWith("ce_", StringComparison.Ordinal))
                continue;
            Append(Encoding.UTF8.GetBytes(name));
            Append(value);
        }

        return hmac.GetHashAndReset();
    }

    private static byte[] Encrypt(byte[] value, RecordKeys keys)
    {
        var encrypted = new byte[NonceBytes + value.Length + TagBytes];
        var nonce = encrypted.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(keys.Encryption, TagBytes);
        aes.Encrypt(nonce, value, encrypted.AsSpan(NonceBytes, value.Length), encrypted.AsSpan(^TagBytes..));
        return encrypted;
    }

    // The signature was checked: a worker with these keys wrote it.
    private static byte[] Decrypt(byte[] encrypted, RecordKeys keys)
    {
        var value = new byte[encrypted.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(keys.Encryption, TagBytes);
        aes.Decrypt(
            encrypted.AsSpan(0, NonceBytes),
            encrypted.AsSpan(NonceBytes, value.Length),
            encrypted.AsSpan(^TagBytes..),
            value
        );
        return value;
    }

    private static IReadOnlyList<(string Name, byte[] Value)> All(Headers headers) =>
        [.. headers.Select(header => (header.Key, header.GetValueBytes() ?? []))];

    private sealed record Record(
        string Topic,
        byte[]? Key,
        byte[]? Value,
        IReadOnlyList<(string Name, byte[] Value)> Headers
    )
    {
        public string? Header(string name) =>
            Headers.FirstOrDefault(header => header.Name == name).Value is { } value
                ? Encoding.UTF8.GetString(value)
                : null;
    }

    private sealed record State(RecordKeys Current, RecordKeys? Accepted, DateTimeOffset? UnsignedUntil)
    {
        public static State Of(KafkaOptions options) =>
            new(
                RecordKeys.From(options.RecordKey),
                string.IsNullOrEmpty(options.AcceptedRecordKey) ? null : RecordKeys.From(options.AcceptedRecordKey),
                options.UnsignedUntil
            );

        public RecordKeys? Find(string id) =>
            id == Current.Id ? Current
            : id == Accepted?.Id ? Accepted
            : null;

        public bool AcceptsUnsigned(TimeProvider time) => time.GetUtcNow() < UnsignedUntil;
    }
}
