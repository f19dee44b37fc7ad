using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Players;

namespace Game.Domain.Economy;

/// <summary>
/// Where all gold is, folded from the events of every stream of every shard, in any order between streams. Each place is
/// counted from its own events, so that gold made or lost shows as an imbalance: at every moment
/// minted = wallets + treasuries + escrow + in transit, and nothing is in transit when the world is at rest. Not thread-safe.
/// </summary>
public sealed class GoldLedger
{
    private readonly Dictionary<(string Guild, string War), long> _held = [];

    public long Minted { get; private set; }

    public long Wallets { get; private set; }

    public long Treasuries { get; private set; }

    public long Escrow { get; private set; }

    /// <summary>Left one place and not yet arrived at the next; negative while a winner is paid before the loser has paid.</summary>
    public long InTransit { get; private set; }

    public bool Balanced => Minted == Wallets + Treasuries + Escrow + InTransit;

    /// <summary>Adds one event of the aggregate <paramref name="key"/>; those that move no gold are ignored.</summary>
    public void Add(string key, GameEvent fact)
    {
        switch (fact)
        {
            case PlayerRegistered e:
                Minted += e.Gold;
                Wallets += e.Gold;
                break;
            case GuildFoundingRequested e:
                Pay(wallets: -e.Fee);
                break;
            case GuildMembershipRefused e:
                Pay(wallets: e.Refund);
                break;
            case GuildDepositSent e:
                Pay(wallets: -e.Amount);
                break;
            case GuildDepositRefunded e:
                Pay(wallets: e.Amount);
                break;
            case GoldReceived e:
                Pay(wallets: e.Amount);
                break;
            case GuildFounded e:
                Pay(treasuries: e.Treasury);
                break;
            case DepositReceived e:
                Pay(treasuries: e.Amount);
                break;
            case TreasuryWithdrawn e:
                Pay(treasuries: -e.Amount);
                break;
            case GuildDisbanded e:
                Pay(treasuries: -e.TreasuryPaid);
                break;
            case WagerHeld e:
                Treasuries -= e.Amount;
                Escrow += e.Amount;
                _held[(key, e.WarId)] = e.Amount;
                break;
            case WagerReleased e:
                Treasuries += e.Amount;
                Escrow -= Take(key, e.WarId);
                break;
            case WarConcluded e:
                Escrow -= Take(key, e.WarId);
                Treasuries += e.Returned + e.Prize;
                InTransit += e.Forfeited - e.Prize;
                break;
        }
    }

    /// <summary>The whole wager leaves escrow, wherever its parts go; 0 for an offer, for which nothing was held.</summary>
    private long Take(string guild, string war)
    {
        _held.Remove((guild, war), out var wager);
        return wager;
    }

    /// <summary>Gold leaves a place into transit, or arrives there from it.</summary>
    private void Pay(long wallets = 0, long treasuries = 0)
    {
        Wallets += wallets;
        Treasuries += treasuries;
        InTransit -= wallets + treasuries;
    }
}
