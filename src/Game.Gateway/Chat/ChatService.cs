using Game.Contracts;
using Game.Contracts.Chat;
using Game.Contracts.Players;
using Game.Domain.Chat;
using Game.Gateway.Http;
using Game.Gateway.Tokens;

namespace Game.Gateway.Chat;

/// <summary>Who may hear and say what, over HTTP and in sessions alike.</summary>
internal sealed class ChatService(ShardRouter shards)
{
    private static readonly Problem Members = Problem.From(
        Refusal.Forbidden(RefusalCodes.NotMember, "Only members of this guild may do that."));

    public static Refusal? CheckText(string text) => text.Length is >= 1 and <= ChatChannel.MaxTextLength && !text.Any(char.IsControl)
        ? null
        : Refusal.Invalid("text", $"1 to {ChatChannel.MaxTextLength} characters, none of them control characters");

    /// <summary>Why the caller may not hear a channel already known to be well formed, or null.</summary>
    public async ValueTask<Problem?> CheckListenerAsync(Caller caller, string channel) =>
        RouteIds.GuildOfChannel(channel) is { } guild ? await CheckMemberAsync(caller, guild) : null;

    /// <summary>Membership as the player's own shard knows it: it follows the guild's by the bus's delay.</summary>
    public async ValueTask<Problem?> CheckMemberAsync(Caller caller, string guild)
    {
        var player = await shards.Home<IPlayerGrain>(caller.PlayerId).GetAsync();
        return player is { Membership: MembershipStatus.Member } && player.GuildId == guild ? null : Members;
    }

    public async Task<(ChatMessage? Message, Problem? Problem)> PostAsync(
        Caller caller, string channel, string text, string commandId)
    {
        if (await CheckListenerAsync(caller, channel) is { } problem)
        {
            return (null, problem);
        }

        var posted = await shards.On(caller.Shard).GetGrain<IChatChannelGrain>(channel)
            .HandleAsync(new PostMessage(commandId, caller.PlayerId, caller.Name, text));
        return posted.Accepted ? (posted.Value, null) : (null, Problem.From(posted.Refusal));
    }
}
