using System.Text.Json;
using Game.Contracts;
using Game.Contracts.Friends;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Leaderboards;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Contracts.WorldEvents;
using Game.Domain.Economy;
using Game.Domain.Wars;
using Game.Domain.WorldEvents;
using Game.Grains.EventSourcing;
using Game.Grains.Leaderboards;

namespace Game.Simulation.Tests;

/// <summary>What holds in every world at rest, whatever has happened. Checked on the logs, and on what the grains say.</summary>
internal sealed class RuleBook(World world)
{
    private readonly Dictionary<string, ShardLog> _logs = new(StringComparer.Ordinal);

    /// <returns>All wars and all world events.</returns>
    /// <exception cref="RuleBrokenException">Something does not hold.</exception>
    public async Task<(IReadOnlyList<GuildWar> Wars, IReadOnlyList<WorldEvent> Events)> CheckAsync()
    {
        foreach (var name in world.Names)
        {
            _logs.Add(name, await world.Shards[name].ReadLogAsync());
        }

        CheckNothingWasGivenUp();
        await CheckWhatPlayersWereToldAsync();
        CheckStrikes(world.Ledger.Strikes, StreamName.Front, fact => fact is StrikeLanded e ? (e.Player, e.Points, e.PlayerTotal) : null);
        CheckStrikes(world.Ledger.BossStrikes, StreamName.EventFront, fact => fact is BossStruck e ? (e.Player, e.Damage, e.PlayerTotal) : null);
        var events = _logs.Values.SelectMany(log => log.Events()).ToList();
        events.ForEach(worldEvent => new EventRules(worldEvent, _logs).Check());
        var wars = _logs.Values.SelectMany(log => log.Wars()).ToList();
        wars.ForEach(CheckWar);

        CheckGold();
        CheckMemberships();
        CheckFriends();
        CheckNames();
        var windowsAreExact = world.Plan.KeepsStreams || world.Plan.MeanSecondsBetweenKills == 0;
        _logs.Values.ToList().ForEach(log => new AnalyticsRules(log, windowsAreExact).Check());
        await CheckGrainsAgreeWithTheLogAsync();
        await CheckAwardsAsync();
        return (wars, events);
    }

    private void CheckNothingWasGivenUp()
    {
        foreach (var queue in world.Bus.Queues)
        {
            Require(queue.DeadLetters.Count == 0, $"{queue.Name} gave up {queue.DeadLetters.FirstOrDefault()}");
        }
    }

    private async Task CheckWhatPlayersWereToldAsync()
    {
        foreach (var command in world.Ledger.Commands)
        {
            var record = await world.Shards[command.Shard].Store.FindCommandAsync(command.Stream, command.CommandId);
            Require(record is not null, $"{command.CommandId} was accepted and is not in {command.Stream}");
        }
    }

    /// <summary>Acknowledged strikes and stored strikes are the same: none lost, none doubled, none made up.</summary>
    private void CheckStrikes(
        IReadOnlyList<AcknowledgedStrike> acknowledged, string category, Func<GameEvent, (string Player, int Power, long Total)?> read)
    {
        var stored = new Dictionary<string, AcknowledgedStrike>(StringComparer.Ordinal);
        foreach (var log in _logs.Values)
        {
            foreach (var war in log.Keys(category))
            {
                foreach (var (entry, fact) in log.Events(StreamName.Of(category, war)))
                {
                    if (read(fact) is { } strike)
                    {
                        var told = new AcknowledgedStrike(entry.CommandId, log.Node.Name, war, strike.Player, strike.Power, strike.Total);
                        Require(stored.TryAdd(entry.CommandId, told), $"strike {entry.CommandId} is stored twice");
                    }
                }
            }
        }

        foreach (var strike in acknowledged)
        {
            Require(
                stored.Remove(strike.CommandId, out var found) && found == strike,
                $"{strike} was acknowledged; stored is {found}");
        }

        Require(stored.Count == 0, $"{stored.Count} strikes are stored that nobody was told of");
    }

    private void CheckWar(GuildWar war)
    {
        Require(!war.IsOpen, $"war {war.Id} is {war.Status}");
        var fronts = _logs.Values
            .SelectMany(log => log.Fronts().Where(front => front.WarId == war.Id).Select(front => (Shard: log.Node.Name, Front: front)))
            .Where(entry => entry.Front.Exists)
            .ToDictionary(entry => entry.Shard, entry => entry.Front);
        if (war.Status == WarStatus.Cancelled)
        {
            Require(fronts.Count == 0, $"war {war.Id} was cancelled and has fronts");
            return;
        }

        Require(
            fronts.Keys.Order(StringComparer.Ordinal).SequenceEqual(world.Names),
            $"war {war.Id} has fronts on {string.Join(", ", fronts.Keys)} only");
        var outcome = war.Outcome!;
        var earned = default(WarPoints);
        foreach (var (shard, front) in fronts)
        {
            var struck = Struck(war, shard);
            Require(front.Points == struck, $"front {war.Id} on {shard} counts {front.Points}; struck were {struck}");
            Require(front.Closed, $"front {war.Id} on {shard} is open");
            Require(Json(front.Outcome) == Json(outcome), $"war {war.Id} ended {Json(outcome)}, on {shard} {Json(front.Outcome)}");
            earned += struck;
        }

        Require(outcome.Total == earned, $"war {war.Id} settled {outcome.Total}; earned were {earned}");
        Require(outcome.MissingShards.Count == 0, $"war {war.Id} still misses {string.Join(", ", outcome.MissingShards)}");
        var first = Events(war.Id, StreamName.War).OfType<WarSettled>().Single().Outcome;
        Require(first.Winner == outcome.Winner, $"war {war.Id} changed its winner after it was paid");
        Require(
            first.Winner == (first.Total.Attacker, first.Total.Defender) switch
            {
                var (attacker, defender) when attacker > defender => war.Attacker,
                var (attacker, defender) when attacker < defender => war.Defender,
                _ => null,
            },
            $"war {war.Id} went to {first.Winner} with {first.Total}");
        foreach (var log in _logs.Values)
        {
            var listed = Directory(log).Find(war.Id);
            Require(
                listed is { Status: WarStatus.Settled } && listed.Total == outcome.Total && listed.Winner == outcome.Winner,
                $"the directory of {log.Node.Name} says {listed}");
        }
    }

    private WarPoints Struck(GuildWar war, string shard)
    {
        var points = default(WarPoints);
        foreach (var strike in _logs[shard].Events(StreamName.Of(StreamName.Front, war.Id)).Select(entry => entry.Fact).OfType<StrikeLanded>())
        {
            Require(strike.Guild == war.Attacker || strike.Guild == war.Defender, $"{strike} is of neither side of {war.Id}");
            points += strike.Guild == war.Attacker ? new WarPoints(strike.Points, 0) : new WarPoints(0, strike.Points);
        }

        return points;
    }

    private void CheckGold()
    {
        var ledger = new GoldLedger();
        foreach (var log in _logs.Values)
        {
            foreach (var stream in log.Streams)
            {
                foreach (var (_, fact) in log.Events(stream))
                {
                    ledger.Add(StreamName.KeyOf(stream), fact);
                }
            }
        }

        var players = _logs.Values.SelectMany(log => log.Players()).ToList();
        var guilds = _logs.Values.SelectMany(log => log.Guilds()).ToList();
        foreach (var guild in guilds)
        {
            Require(guild.Treasury >= 0, $"the treasury of {guild.Id} is overdrawn");
            Require(guild.Wars.IsEmpty, $"{guild.Id} is still in {string.Join(", ", guild.Wars.Values)}");
        }

        Require(ledger.Balanced, $"minted {ledger.Minted}, in wallets {ledger.Wallets}, treasuries {ledger.Treasuries}, escrow {ledger.Escrow}, in transit {ledger.InTransit}");
        Require(ledger.InTransit == 0, $"{ledger.InTransit} gold is still in transit");
        Require(ledger.Escrow == 0, $"{ledger.Escrow} gold is still in escrow");
        Require(players.Sum(player => player.Gold) == ledger.Minted - guilds.Sum(guild => guild.Treasury), "wallets and treasuries do not add up to what was minted");
        Require(players.All(player => player.Gold >= 0), "a wallet is overdrawn");
    }

    private void CheckMemberships()
    {
        var members = _logs.Values.SelectMany(log => log.Guilds())
            .SelectMany(guild => guild.Members.Keys.Select(player => (player, guild.Id)))
            .ToHashSet();
        foreach (var player in _logs.Values.SelectMany(log => log.Players()))
        {
            Require(player.Membership != MembershipStatus.Pending, $"{player.Id} still waits for {player.GuildId}");
            Require(
                player.FightsFor is not { } guild || members.Remove((player.Id, guild)),
                $"{player.Id} believes to be in {player.GuildId}");
        }

        Require(members.Count == 0, $"{string.Join(", ", members)}: the guild has a member who does not know it");
    }

    /// <summary>Both sides of every acquaintance hold the same requests; who is blocked is no friend.</summary>
    private void CheckFriends()
    {
        var lists = _logs.Values.SelectMany(log => log.FriendLists()).ToDictionary(list => list.Id, StringComparer.Ordinal);
        foreach (var list in lists.Values)
        {
            foreach (var (other, link) in list.Links)
            {
                var mirrored = lists.TryGetValue(other, out var otherList) ? otherList.Links.GetValueOrDefault(list.Id) : null;
                Require(mirrored is not null && (mirrored.Ours, mirrored.Theirs) == (link.Theirs, link.Ours), $"{list.Id} has {link} with {other}, who has {mirrored}");
            }

            Require(list.Blocked.All(player => list.ViewOf(player).Relation == FriendRelation.None), $"{list.Id} has something going with whom it blocks");
        }
    }

    private void CheckNames()
    {
        foreach (var log in _logs.Values)
        {
            var names = log.Guilds().Where(guild => guild.Active).Select(guild => guild.Name).ToList();
            Require(names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Count, $"{log.Node.Name} has two guilds of one name");
        }
    }

    private async Task CheckGrainsAgreeWithTheLogAsync()
    {
        foreach (var log in _logs.Values)
        {
            var grains = log.Node.Grains!;
            foreach (var player in log.Players())
            {
                Agree(await grains.GetGrain<IPlayerGrain>(player.Id).GetAsync(), player.ToView());
            }

            foreach (var guild in log.Guilds())
            {
                Agree(await grains.GetGrain<IGuildGrain>(guild.Id).GetAsync(), guild.Exists ? guild.ToView() : null);
            }

            foreach (var list in log.FriendLists())
            {
                Agree(await grains.GetGrain<IFriendListGrain>(list.Id).GetAsync(), list.ToView());
            }

            foreach (var war in log.Wars())
            {
                Agree(await grains.GetGrain<IGuildWarGrain>(war.Id).GetAsync(), war.ToView());
            }

            foreach (var worldEvent in log.Events())
            {
                Agree(await grains.GetGrain<IWorldEventGrain>(worldEvent.Id).GetAsync(), worldEvent.ToView());
            }

            foreach (var front in log.EventFronts())
            {
                Agree(await grains.GetGrain<IWorldEventFrontGrain>(front.EventId).GetAsync() is { } view ? view with { Pool = null } : null, front.ToView());
            }

            foreach (var front in log.Fronts())
            {
                Agree(await grains.GetGrain<IWarFrontGrain>(front.WarId).GetAsync() is { } view ? view with { Scoreboard = null } : null, front.ToView());
            }
        }
    }

    /// <summary>
    /// Every point of a settled war was credited to its fighter once, as experience and on the leaderboard, and every share of a
    /// boss's reward once.
    /// </summary>
    private async Task CheckAwardsAsync()
    {
        foreach (var log in _logs.Values)
        {
            var earned = log.Fronts().SelectMany(front => front.Fighters)
                .GroupBy(fighter => fighter.Key)
                .ToDictionary(group => group.Key, group => group.Sum(fighter => fighter.Value));
            var rewards = log.EventFronts().Where(front => front.PayingOutcome is not null)
                .SelectMany(front => front.Contributors.Select(entry => (Player: entry.Key, Share: front.ShareOf(entry.Value))))
                .ToLookup(reward => reward.Player, reward => reward.Share);
            var board = log.Node.Grains!.GetGrain<ILeaderboardGrain>(LeaderboardCatalog.WarPoints);
            foreach (var player in log.Players())
            {
                var points = earned.GetValueOrDefault(player.Id);
                var reward = rewards[player.Id].Sum();
                Require(
                    player.Experience == WarFront.ExperienceFor(points) + reward,
                    $"{player.Id} earned {points} and {reward} of bosses, and has {player.Experience} experience");

                // A season may have ended in between; the log has every submission.
                var ranked = log.Events(StreamName.Of(StreamName.Leaderboard, LeaderboardCatalog.WarPoints))
                    .Select(entry => entry.Fact).OfType<ScoreRecorded>().Where(score => score.Member == player.Id).ToList();
                var last = ranked.LastOrDefault();
                Require(
                    ranked.Count > 0 == points > 0,
                    $"{player.Id} earned {points} and has {ranked.Count} entries on the leaderboard");
                if (last is not null && await board.GetRankAsync(0, player.Id) is { Accepted: true } entry)
                {
                    Require(entry.Value.Score == last.Score, $"the leaderboard gives {player.Id} {entry.Value.Score}, its log {last.Score}");
                }
            }
        }
    }

    private IEnumerable<GameEvent> Events(string id, string category) =>
        _logs[EntityId.ShardOf(id)].Events(StreamName.Of(category, id)).Select(entry => entry.Fact);

    private static WarDirectory Directory(ShardLog log) => log.Events(StreamName.Of(StreamName.WarDirectory, log.Node.Name))
        .Aggregate(WarDirectory.Initial(log.Node.Name), (state, entry) => state.Apply(entry.Fact));

    private static void Agree<T>(T grain, T log) => Require(Json(grain) == Json(log), $"the grain says {Json(grain)}, its log {Json(log)}");

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, EventCodec.Json);

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RuleBrokenException(otherwise);
        }
    }
}
