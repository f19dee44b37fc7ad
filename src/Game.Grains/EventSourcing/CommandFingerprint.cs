using System.Security.Cryptography;
using System.Text.Json;
using Game.Contracts;

namespace Game.Grains.EventSourcing;

/// <summary>
/// Identifies what a command asks for, its command id aside: SHA-256 over the type's name and the canonical JSON, cut to
/// 128 bits (a mix-up, not an attacker, is to be noticed).
/// </summary>
public static class CommandFingerprint
{
    public static string Of(Command command)
    {
        var type = command.GetType();
        var json = JsonSerializer.SerializeToUtf8Bytes(command with { CommandId = type.Name }, type, EventCodec.Json);
        return Convert.ToHexString(SHA256.HashData(json).AsSpan(0, 16));
    }
}
