using Game.Contracts;
using Game.Contracts.Accounts;
using Game.Domain.Accounts;
using Game.Grains.EventSourcing;

namespace Game.Grains.Accounts;

[Reentrant]
public sealed class AccountGrain(EventSourcingServices services)
    : EventSourcedGrain<Account, AccountCommand>(services), IAccountGrain
{
    protected override string Category => StreamName.Account;

    public async Task<Outcome<AccountView>> HandleAsync(AccountCommand command)
    {
        var outcome = await ExecuteAsync(command, account => account.ToView());

        // The one refusal that stores an event: when it comes again it looks accepted, but its session is gone.
        return command is RotateRefresh rotate && outcome.Accepted && outcome.Value.Sessions.All(session => session.SessionId != rotate.SessionId)
            ? Outcome.Refuse<AccountView>(Account.RefreshReused)
            : outcome;
    }

    public async Task<AccountView?> GetAsync() => await ReadAsync() is { Exists: true } account ? account.ToView() : null;
}
