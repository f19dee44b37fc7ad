using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Game.Contracts;

namespace Game.Grains.EventSourcing;

/// <summary>
/// Identifies what a command asks for, its command id and what is made anew for every attempt aside: SHA-256 over the type's name and the canonical JSON, cut to
/// 128 bits (a mix-up, not an attacker, is to be noticed).
/// </summary>
public static class CommandFingerprint
{
    private static readonly JsonSerializerOptions Json = new(EventCodec.Json)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutPerAttempt } },
    };

    public static string Of(Command command)
    {
        var type = command.GetType();
        var json = JsonSerializer.SerializeToUtf8Bytes(command with { CommandId = type.Name }, type, Json);
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
}
