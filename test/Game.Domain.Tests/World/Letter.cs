using Game.Contracts;

namespace Game.Domain.Tests.World;

internal enum Office
{
    Player,
    Guild,
    Founding,
    War,
    Front,
    WarDirectory,
    GuildDirectory,
}

/// <summary>A command under way to an aggregate.</summary>
internal sealed record Letter(Office To, string Key, Command Command);
