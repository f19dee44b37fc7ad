using System.Text.Json;

namespace Game.Routing;

/// <summary>A message on its way. Immutable; the body must not be changed.</summary>
/// <param name="Id">Unique; the same over repetitions, so that receivers know a message that comes twice. 1–128 characters.</param>
/// <param name="Kind">What it is about, dotted words: decides the way, and is the routing key on an exchange. 1–128 characters.</param>
/// <param name="Key">Messages of one kind of way and one key keep their order. 1–128 characters.</param>
/// <param name="Type">Alias of the body's type. 1–128 characters.</param>
/// <param name="SchemaVersion">Version of that type, 1 or more.</param>
/// <param name="Body">At most <see cref="MaxBodyBytes"/>.</param>
/// <param name="At">When it was sent.</param>
public sealed record GameMessage(
    string Id, string Kind, string Key, string Type, int SchemaVersion, ReadOnlyMemory<byte> Body, DateTimeOffset At)
{
    /// <summary>Leaves room for the envelope within a broadcast message.</summary>
    public const int MaxBodyBytes = 32 * 1024;

    private const int MaxNameLength = 128;

    /// <exception cref="ArgumentException">A field is outside its limits; the message names both.</exception>
    public void ThrowIfInvalid()
    {
        Require(Id, nameof(Id));
        Require(Kind, nameof(Kind));
        Require(Key, nameof(Key));
        Require(Type, nameof(Type));
        if (SchemaVersion < 1)
        {
            throw new ArgumentException($"{nameof(SchemaVersion)} must be 1 or more.", nameof(SchemaVersion));
        }

        if (Body.Length > MaxBodyBytes)
        {
            throw new ArgumentException($"{nameof(Body)} must be at most {MaxBodyBytes} bytes.", nameof(Body));
        }
    }

    internal byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="JsonException">The bytes are no message.</exception>
    internal static GameMessage Parse(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<GameMessage>(bytes) ?? throw new JsonException("null is no message.");

    private static void Require(string value, string name)
    {
        if (value is not { Length: > 0 and <= MaxNameLength })
        {
            throw new ArgumentException($"{name} must be 1–{MaxNameLength} characters.", name);
        }
    }
}
