using Game.Contracts;
using Game.Contracts.Chat;
using Game.Contracts.Friends;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Domain.Chat;
using Game.Gateway.Http;
using Game.Gateway.Limits;

namespace Game.Gateway.Chat;

/// <summary>Who may hear and say what, over HTTP and in sessions alike.</summary>
internal sealed class ChatService(ShardRouter shards, RateLimits limits)
{
    private static readonly Problem Members = Problem.From(
        Refusal.Forbidden(RefusalCodes.NotMember, "Only members of this guild may do that."));

    private static readonly Problem Self = Problem.From(Refusal.Conflict(RefusalCodes.TargetIsSelf, "That is yourself."));

    public static Refusal? CheckText(string text) => text.Length is >= 1 and <= ChatChannel.MaxTextLength && !text.Any(char.IsControl)
        ? null
        : Refusal.Invalid("text", $"1 to {ChatChannel.MaxTextLength} characters, none of them control characters");

    /// <summary>Why the caller may not hear a channel already known to be well formed, or null.</summary>
    public async ValueTask<Problem?> CheckListenerAsync(Caller caller, string channel) =>
        ChatChannels.GuildOf(channel) is { } guild ? await CheckMemberAsync(caller, guild)
        : ChatChannels.WhisperedTo(channel) == caller.PlayerId ? Self
        : null;

    /// <summary>Membership as the player's own shard knows it: it follows the guild's by the bus's delay.</summary>
    public async ValueTask<Problem?> CheckMemberAsync(Caller caller, string guild)
    {
        var player = await shards.Home<IPlayerGrain>(caller.PlayerId).GetAsync();
        return player is { Membership: MembershipStatus.Member } && player.GuildId == guild ? null : Members;
    }

    public async Task<(ChatMessage? Message, Problem? Problem)> PostAsync(
        Caller caller, string channel, string text, string commandId)
    {
        var problem = await CheckListenerAsync(caller, channel)
            ?? await CheckWhisperAsync(caller, channel)
            ?? CheckRate(caller, channel);
        if (problem is not null)
        {
            return (null, problem);
        }

        var posted = await ChannelOf(caller, channel).HandleAsync(new PostMessage(commandId, caller.PlayerId, caller.Name, text));
        return posted.Accepted ? (posted.Value, null) : (null, Problem.From(posted.Refusal));
    }

    public Task<IReadOnlyList<ChatMessage>> GetHistoryAsync(Caller caller, string channel, long before, int count) =>
        ChannelOf(caller, channel).GetHistoryAsync(before, count);

    /// <summary>Players whose messages the caller does not want to see.</summary>
    public async Task<IReadOnlyList<string>> GetBlockedAsync(Caller caller) =>
        (await shards.Home<IFriendListGrain>(caller.PlayerId).GetAsync()).Blocked;

    private async ValueTask<Problem?> CheckWhisperAsync(Caller caller, string channel)
    {
        if (ChatChannels.WhisperedTo(channel) is not { } other)
        {
            return null;
        }

        // A player of a shard that is not served here is found, or not, by that shard.
        if (shards.Serves(EntityId.ShardOf(other)) && await shards.Home<IPlayerGrain>(other).GetAsync() is null)
        {
            return Problem.From(Refusal.NotFound(RefusalCodes.PlayerNotFound, "There is no such player."));
        }

        return await shards.Home<IFriendListGrain>(caller.PlayerId).HasBlockedAsync(other)
            ? Problem.From(Refusal.Conflict(RefusalCodes.PlayerIsBlocked, "You have blocked that player."))
            : null;
    }

    /// <summary>All whispers of a player count as one channel, so that nobody whispers to a thousand players instead.</summary>
    private Problem? CheckRate(Caller caller, string channel)
    {
        var (own, shared) = ChatChannels.WhisperedTo(channel) is not null ? ("whisper", null)
            : channel == ChatChannels.Shard ? (channel, $"{channel}/{caller.Shard}")
            : (channel, channel);
        return limits.CheckChat(caller.PlayerId, own) ?? (shared is null ? null : limits.CheckChannel(shared));
    }

    private IChatChannelGrain ChannelOf(Caller caller, string channel) => shards.On(caller.Shard).GetGrain<IChatChannelGrain>(
        ChatChannels.WhisperedTo(channel) is { } other ? ChatChannels.WhispersOf(caller.PlayerId, other) : channel);
}
