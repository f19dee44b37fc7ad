using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Domain.Economy;
using Game.Domain.Guilds;
using Game.Domain.Players;
using Game.Domain.Wars;

namespace Game.Domain.Tests.World;

/// <summary>
/// All aggregates of a few shards and the letters between them. Letters arrive in any order at all, some of them twice;
/// reports that a later one of the same front supersedes may be lost. That is more than the bus ever does.
/// </summary>
internal sealed class PureWorld(Random random)
{
    private static readonly string[] ShardNames = ["s01", "s02", "s03"];

    private readonly List<Letter> _post = [];

    public static IReadOnlyList<string> Shards => ShardNames;

    public Dictionary<string, Node<Player, PlayerCommand>> Players { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Node<Guild, GuildCommand>> Guilds { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Node<GuildWar, WarCommand>> Wars { get; } = new(StringComparer.Ordinal);

    /// <summary>By shard and war: <c>s02/s01.w0001</c>.</summary>
    public Dictionary<string, Node<WarFront, FrontCommand>> Fronts { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Node<WarDirectory, RecordWar>> WarDirectories { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Node<GuildDirectory, Command>> GuildDirectories { get; } = new(StringComparer.Ordinal);

    public GoldLedger Ledger { get; } = new();

    /// <summary>Points of all strikes, by war.</summary>
    public Dictionary<string, WarPoints> Earned { get; } = new(StringComparer.Ordinal);

    /// <summary>Points of all strikes, by player.</summary>
    public Dictionary<string, long> EarnedBy { get; } = new(StringComparer.Ordinal);

    /// <summary>Every kind of event that has happened.</summary>
    public HashSet<Type> Happened { get; } = [];

    public DateTimeOffset Now { get; set; } = Histories.Noon;

    public bool Quiet => _post.Count == 0;

    public Refusal? Send(Letter letter) => letter.To switch
    {
        Office.Player => Execute(Players, letter, key => Player.Initial(key), (PlayerCommand)letter.Command),
        Office.Guild => Execute(Guilds, letter, key => Guild.Initial(key), (GuildCommand)letter.Command),
        Office.War => Execute(Wars, letter, key => GuildWar.Initial(key), (WarCommand)letter.Command),
        Office.Front => Execute(Fronts, letter, key => WarFront.Initial(Sagas.WarOf(key)), (FrontCommand)letter.Command),
        Office.WarDirectory => Execute(WarDirectories, letter, key => WarDirectory.Initial(key), (RecordWar)letter.Command),
        Office.GuildDirectory => Execute(GuildDirectories, letter, key => GuildDirectory.Initial(key), letter.Command),
        Office.Founding => Found(letter.Key, (FoundGuild)letter.Command),
        _ => throw new ArgumentOutOfRangeException(nameof(letter), letter, null),
    };

    /// <summary>Hands over any letter; one in four comes again.</summary>
    public void DeliverOne()
    {
        if (Quiet)
        {
            return;
        }

        var index = random.Next(_post.Count);
        var letter = _post[index];
        if (random.Next(4) > 0)
        {
            _post.RemoveAt(index);
        }

        Send(letter);
    }

    /// <summary>Does for one war what its deadline asks for, if it has passed.</summary>
    public void ProposeDue(string war)
    {
        if (Wars[war].State is not { Deadline: { } deadline, Status: var status } || Now < deadline)
        {
            return;
        }

        Send(new Letter(Office.War, war, status switch
        {
            WarStatus.Declared => new CancelWar("expire", null, RefusalCodes.WarExpired),
            WarStatus.Started => new EndWar("end"),
            _ => new SettleWar("settle"),
        }));
    }

    /// <summary>Every bucket of the ledger, which knows only events, is what the states hold, which know only themselves.</summary>
    public void CheckGold()
    {
        Assert.True(Ledger.Balanced, $"{Ledger.Minted} minted; {Ledger.Wallets} + {Ledger.Treasuries} + {Ledger.Escrow} + {Ledger.InTransit}");
        Assert.Equal(Players.Values.Sum(player => player.State.Gold), Ledger.Wallets);
        Assert.Equal(Guilds.Values.Sum(guild => guild.State.Treasury), Ledger.Treasuries);
        Assert.Equal(Guilds.Values.Sum(guild => guild.State.Escrow), Ledger.Escrow);
    }

    private Refusal? Execute<TState, TCommand>(
        Dictionary<string, Node<TState, TCommand>> nodes, Letter letter, Func<string, TState> initial, TCommand command)
        where TState : class, IAggregate<TState, TCommand>
        where TCommand : Command
    {
        if (!nodes.TryGetValue(letter.Key, out var node))
        {
            node = new Node<TState, TCommand>(initial(letter.Key));
            nodes.Add(letter.Key, node);
        }

        var version = node.Version;
        var facts = node.Execute(command, Now, out var refusal);
        foreach (var fact in facts)
        {
            Remember(letter, $"{letter.To}/{letter.Key}@{++version}", fact);
        }

        if (random.Next(20) == 0)
        {
            node.Restore();
        }

        return refusal;
    }

    private void Remember(Letter cause, string id, GameEvent fact)
    {
        Happened.Add(fact.GetType());
        Ledger.Add(cause.Key, fact);
        var shard = cause.To is Office.WarDirectory or Office.GuildDirectory
            ? cause.Key
            : Sagas.ShardOf(cause.Key);
        if (fact is StrikeLanded strike)
        {
            var war = Sagas.WarOf(cause.Key);
            var attacks = strike.Guild == Fronts[cause.Key].State.Attacker;
            Earned[war] = Earned.GetValueOrDefault(war) + (attacks ? new WarPoints(strike.Points, 0) : new WarPoints(0, strike.Points));
            EarnedBy[strike.Player] = EarnedBy.GetValueOrDefault(strike.Player) + strike.Points;
            if (random.Next(2) == 0)
            {
                _post.RemoveAll(letter => letter is { To: Office.War, Command: ReportFront { Final: false } report }
                    && letter.Key == war && report.Shard == shard);
            }
        }

        _post.AddRange(Sagas.LettersOf(id, shard, cause.Key, fact, ShardNames));
        if (fact is OutcomeRecorded)
        {
            _post.AddRange(Sagas.AwardsOf(cause.Key, Fronts[cause.Key].State));
        }
    }

    /// <summary>The name first, then the guild, whose stream keeps the answer whichever it is.</summary>
    private Refusal? Found(string founder, FoundGuild command)
    {
        var id = command.CommandId;
        var guild = id[..id.IndexOf('/', StringComparison.Ordinal)];
        var shard = Sagas.ShardOf(guild);
        if (Send(new Letter(Office.GuildDirectory, shard, new ReserveGuildName(id, guild, command.Name))) is { } taken)
        {
            return Send(new Letter(Office.Guild, guild, new RefuseFounding($"{id}/refuse", founder, taken.Code, command.Treasury)));
        }

        return Send(new Letter(Office.Guild, guild, command)) is null
            ? null
            : Send(new Letter(Office.GuildDirectory, shard, new ReleaseGuildName($"{id}/release", guild, command.Name)));
    }
}
