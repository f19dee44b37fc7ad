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

    public Task<Outcome<AccountView>> HandleAsync(AccountCommand command) => ExecuteAsync(command, account => account.ToView());

    public async Task<AccountView?> GetAsync() => await ReadAsync() is { Exists: true } account ? account.ToView() : null;
}
