namespace Game.Contracts.Players;

/// <summary>Why a membership ended; stable names.</summary>
public static class MembershipEnd
{
    public const string Left = "left";
    public const string Kicked = "kicked";
    public const string Disbanded = "disbanded";
}
