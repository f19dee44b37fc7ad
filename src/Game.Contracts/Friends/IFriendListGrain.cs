namespace Game.Contracts.Friends;

/// <summary>A player's friends, open requests and blocked players; key: the player id. Lives on the player's home shard.</summary>
[Alias("game.IFriendListGrain")]
public interface IFriendListGrain : IGrainWithStringKey
{
    /// <summary>How the owner stands to the player the command is about, afterwards.</summary>
    [Alias("Handle")]
    Task<Outcome<FriendView>> HandleAsync(FriendCommand command);

    [Alias("Get"), ReadOnly]
    Task<FriendListView> GetAsync();

    [Alias("HasBlocked"), ReadOnly]
    Task<bool> HasBlockedAsync(string player);
}
