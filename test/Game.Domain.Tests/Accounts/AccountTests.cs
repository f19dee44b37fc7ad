using Game.Contracts;
using Game.Contracts.Accounts;
using Game.Domain.Accounts;

namespace Game.Domain.Tests.Accounts;

public sealed class AccountTests
{
    private static readonly DateTimeOffset Expiry = Histories.Noon.AddDays(1);

    private static readonly Account Open = Account.Initial("ann").After<Account, AccountCommand>(
        new RegisterAccount("1", "ann", "s01.p", "hash"), new OpenSession("2", "session", "first", Expiry));

    [Fact]
    public void A_refresh_token_that_was_exchanged_before_closes_the_session()
    {
        var rotated = Open.After<Account, AccountCommand>(new RotateRefresh("3", "session", "first", "second", Expiry));

        var (after, decision) = rotated.Play(new RotateRefresh("4", "session", "first", "third", Expiry));

        Assert.Equal(RefusalCodes.RefreshReused, decision.Refusal?.Code);
        Assert.IsType<SessionClosed>(Assert.Single(decision.Events));
        Assert.Empty(after.Sessions);
    }

    [Fact]
    public void The_same_exchange_asked_for_again_is_not_theft()
    {
        var rotated = Open.After<Account, AccountCommand>(new RotateRefresh("3", "session", "first", "second", Expiry));

        var (after, decision) = rotated.Play(new RotateRefresh("3", "session", "first", "second", Expiry));

        Assert.Null(decision.Refusal);
        Assert.Same(rotated, after);
    }

    [Fact]
    public void An_expired_session_is_not_refreshed() => Assert.Equal(
        RefusalCodes.SessionNotFound, Open.Play(new RotateRefresh("3", "session", "first", "second", Expiry), Expiry).Decision.Refusal?.Code);

    [Fact]
    public void The_oldest_session_makes_room()
    {
        var account = Open;
        for (var i = 0; i < Account.MaxSessions; i++)
        {
            account = account.After<Account, AccountCommand>(new OpenSession($"o{i}", $"session-{i}", "hash", Expiry));
        }

        Assert.Equal(Account.MaxSessions, account.Sessions.Count);
        Assert.DoesNotContain(account.Sessions, session => session.SessionId == "session");
    }

    [Fact]
    public void A_name_is_registered_once() => Assert.Equal(
        RefusalCodes.AccountExists, Open.Play(new RegisterAccount("3", "ann", "s01.q", "hash")).Decision.Refusal?.Code);
}
