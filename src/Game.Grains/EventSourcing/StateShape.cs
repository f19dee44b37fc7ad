using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Schema;

namespace Game.Grains.EventSourcing;

/// <summary>Tells one shape of a state from another: a member added, removed, renamed or of another type, at any depth.</summary>
internal static class StateShape<TState>
{
    public static string Hash { get; } = Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(EventCodec.Json.GetJsonSchemaAsNode(typeof(TState)).ToJsonString())).AsSpan(0, 8));
}
