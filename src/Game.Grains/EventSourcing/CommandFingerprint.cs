using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Game.Contracts;

namespace Game.Grains.EventSourcing;

/// <summary>
/// Identifies what a command asks for, its command id and what is made anew for every attempt aside: SHA-256 over the
/// type's alias and the canonical JSON, cut to 128 bits (a mix-up, not an attacker, is to be noticed).
/// </summary>
public static class CommandFingerprint
{
    private static readonly ConcurrentDictionary<Type, string> Aliases = new();

    private static readonly JsonSerializerOptions Json = new(EventCodec.Json)
    {
        Converters = { new CarriedEventConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutPerAttempt } },
    };

    public static string Of(Command command)
    {
        var type = command.GetType();
        var alias = Aliases.GetOrAdd(type, static type =>
            type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias ?? throw new ArgumentException($"{type} has no alias."));
        var json = JsonSerializer.SerializeToUtf8Bytes(command with { CommandId = alias }, type, Json);
        return Convert.ToHexString(SHA256.HashData(json).AsSpan(0, 16));
    }

    private static void LeaveOutPerAttempt(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AttributeProvider?.IsDefined(typeof(PerAttemptAttribute), inherit: false) ?? false)
            {
                property.ShouldSerialize = static (_, _) => false;
            }
        }
    }

    /// <summary>Writes an event that a command carries with all its members, not only those every event has.</summary>
    private sealed class CarriedEventConverter : JsonConverter<GameEvent>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(GameEvent);

        public override GameEvent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Fingerprints are only written.");

        public override void Write(Utf8JsonWriter writer, GameEvent value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, value.GetType(), options);
    }
}
