using Game.Broadcast;
using Game.Contracts;
using Game.Contracts.Accounts;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Contracts.Players;
using Game.Contracts.Wars;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Grains.Tests;

/// <summary>
/// What comes twice, late, or after a fault, once found by the simulation of wars: each of these had lost or doubled
/// something.
/// </summary>
public sealed class RepeatTests
{
    [Fact]
    public async Task A_command_sent_again_whose_append_then_fails_unclearly_counts_once()
    {
        await using var world = await TestWorld.StartAsync(1);
        var player = world.HomeGrain<IPlayerGrain>(await world.RegisterAsync("s01", "player"));
        var first = await player.HandleAsync(new ReceiveGold("gold", 5, "test"));
        var faults = 1;
        world.Faults("s01").Next = _ => Interlocked.Decrement(ref faults) >= 0 ? Fault.AnswerLostBefore : Fault.None;

        var again = await player.HandleAsync(new ReceiveGold("gold", 5, "test"));

        Assert.Equal(first, again);
        Assert.Equal(1005, (await player.GetAsync())!.Gold);
        Assert.Equal(1012, (await player.HandleAsync(new ReceiveGold("more", 7, "test"))).Value?.Gold);
    }

    [Fact]
    public async Task A_whole_batch_sent_again_gets_its_first_answers()
    {
        await using var world = await TestWorld.StartAsync(1);
        var player = world.HomeGrain<IPlayerGrain>(await world.RegisterAsync("s01", "player"));
        var commands = Enumerable.Range(0, 64).Select(n => new ReceiveGold($"gold-{n}", n + 1, "test")).ToList();

        var first = await Task.WhenAll(commands.Select(player.HandleAsync));
        var again = await Task.WhenAll(commands.Select(player.HandleAsync));

        Assert.Equal(first, again);
    }

    [Fact]
    public async Task A_strike_keeps_its_answer_after_its_player_has_left_the_guild()
    {
        await using var world = await TestWorld.StartAsync(2);
        var (war, red, _) = await StartWarAsync(world);
        var member = await world.RegisterAsync("s01", "member");
        await world.JoinAsync(member, red);
        var player = world.HomeGrain<IPlayerGrain>(member);
        var first = await player.StrikeAsync("one", war, 7);
        Assert.Null(first.Refusal);

        await world.HomeGrain<IGuildGrain>(red).HandleAsync(new LeaveGuild(TestWorld.NewCommand(), member));
        await TestWorld.UntilAsync(() => player.GetAsync(), view => view!.GuildId is null);

        Assert.Equal(first, await player.StrikeAsync("one", war, 7));
        Assert.Equal(RefusalCodes.NotInGuild, (await player.StrikeAsync("one", war, 8)).Refusal?.Code);
        Assert.Equal(RefusalCodes.NotInGuild, (await player.StrikeAsync("two", war, 7)).Refusal?.Code);
    }

    [Fact]
    public async Task A_cancellation_keeps_its_answer_after_its_officer_was_demoted()
    {
        await using var world = await TestWorld.StartAsync(1);
        var (leader, officer) = (await world.RegisterAsync("s01", "leader"), await world.RegisterAsync("s01", "officer"));
        var guild = world.HomeGrain<IGuildGrain>(await world.FoundAsync(leader, "Reds"));
        await world.JoinAsync(officer, (await guild.GetAsync())!.Id);
        await guild.HandleAsync(new PromoteMember(TestWorld.NewCommand(), leader, officer));
        var opponent = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        var id = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        var war = world.HomeGrain<IGuildWarGrain>(id);

        // The opponent does not exist, and refuses; the officer is quicker or has the same answer.
        await guild.HandleAsync(new HoldWager(TestWorld.NewCommand(), officer, id, opponent, 10, 60));
        await TestWorld.UntilAsync(() => war.GetAsync(), view => view is not null);
        var first = await war.HandleAsync(new CancelWar("cancel", officer, "no"));
        await guild.HandleAsync(new DemoteMember(TestWorld.NewCommand(), leader, officer));
        var again = await war.HandleAsync(new CancelWar("cancel", officer, "no"));

        Assert.Equal(first.Accepted, again.Accepted);
        Assert.Equal(first.Version, again.Version);
        Assert.Equal(
            RefusalCodes.NotOfficer, (await war.HandleAsync(new CancelWar("other", officer, "no"))).Refusal?.Code);
    }

    [Fact]
    public async Task A_founding_refused_for_its_name_stays_refused_when_it_comes_again_after_the_name_is_free()
    {
        await using var world = await TestWorld.StartAsync(1);
        var (first, second) = (await world.RegisterAsync("s01", "first"), await world.RegisterAsync("s01", "second"));
        var holder = await world.FoundAsync(first, "Wanted");
        var guild = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        var player = world.HomeGrain<IPlayerGrain>(second);
        await player.HandleAsync(new RequestGuildFounding("found", guild, "Wanted", "TAG", JoinPolicy.Open));
        await TestWorld.UntilAsync(() => player.GetAsync(), view => view!.Membership == MembershipStatus.None);
        await world.HomeGrain<IGuildGrain>(holder).HandleAsync(new DisbandGuild(TestWorld.NewCommand(), first));
        var directory = world.Grains("s01").GetGrain<IGuildDirectoryGrain>("s01");
        await TestWorld.UntilAsync(() => directory.SearchAsync("wanted", null, 10), found => found.Count == 0);

        var (request, fact) = await FindAsync<GuildFoundingRequested>(world, "s01", StreamName.Of(StreamName.Player, second));
        var rules = new InboxRules(world.Grains("s01"), new ShardIdentity("s01", world.Names));
        Assert.Null(await rules.HandleAsync($"s01/{request.Position}/0", "s01", request.Stream, fact));

        Assert.Null(await world.HomeGrain<IGuildGrain>(guild).GetAsync());
        Assert.Empty(await directory.SearchAsync("wanted", null, 10));
        Assert.Equal(1000, (await player.GetAsync())!.Gold);

        // What the disbanded guild had held may still be on its way to its leader.
        Assert.True((await TestWorld.UntilAsync(world.LedgerAsync, ledger => ledger.InTransit == 0)).Balanced);
    }

    [Fact]
    public async Task What_follows_a_postponed_message_of_its_stream_comes_again_with_it()
    {
        await using var world = await TestWorld.StartAsync(2);
        var guild = await world.FoundAsync(await world.RegisterAsync("s01", "leader"), "Blues");
        var attacker = EntityId.New("s02", DateTimeOffset.UtcNow).ToString();
        var war = EntityId.New("s02", DateTimeOffset.UtcNow).ToString();
        var now = DateTimeOffset.UtcNow;
        ManualDelivery[] batch =
        [
            new(1, war, new WarDeclared(now, "s02.x", attacker, "Reds", guild, 10, 60, now.AddDays(1))),
            new(2, war, new WarCancelled(now, attacker, guild, null, "over")),
        ];
        var bus = new ManualBus();
        await using var inbox = new ShardInbox(
            bus,
            new InboxRules(world.Grains("s01"), new ShardIdentity("s01", world.Names)),
            EventCodec.ForGame(),
            world.Grains("s01"),
            new ShardIdentity("s01", world.Names),
            TimeProvider.System,
            NullLogger<ShardInbox>.Instance);
        await inbox.StartAsync(TestContext.Current.CancellationToken);
        var refuse = true;
        world.Faults("s01").Next = stream => refuse && stream == StreamName.Of(StreamName.Guild, guild) ? Fault.Refused : Fault.None;

        await bus.DeliverAsync(batch);
        Assert.Equal(["postponed", "postponed"], batch.Select(delivery => delivery.Outcome));
        refuse = false;
        await bus.DeliverAsync(batch);

        Assert.Equal(["acknowledged", "acknowledged"], batch.Select(delivery => delivery.Outcome));
        Assert.Empty((await world.HomeGrain<IGuildGrain>(guild).GetAsync())!.Wars);
    }

    [Fact]
    public async Task A_stolen_refresh_token_sent_again_with_the_same_command_is_still_refused()
    {
        await using var world = await TestWorld.StartAsync(1);
        var account = world.Grains("s01").GetGrain<IAccountGrain>("thief");
        var until = DateTimeOffset.UtcNow.AddDays(1);
        await account.HandleAsync(new RegisterAccount("register", "thief", "s01.x", "hash"));
        await account.HandleAsync(new OpenSession("open", "session", "first", until));
        var rotated = await account.HandleAsync(new RotateRefresh("rotate", "session", "first", "second", until));
        Assert.Equal(rotated.Version, (await account.HandleAsync(new RotateRefresh("rotate", "session", "first", "second", until))).Version);

        var stolen = new RotateRefresh("steal", "session", "first", "third", until);
        Assert.Equal(RefusalCodes.RefreshReused, (await account.HandleAsync(stolen)).Refusal?.Code);
        Assert.Equal(RefusalCodes.RefreshReused, (await account.HandleAsync(stolen)).Refusal?.Code);
    }

    private static async Task<(string War, string Red, string Blue)> StartWarAsync(TestWorld world)
    {
        var (reds, blues) = (await world.RegisterAsync("s01", "red-leader"), await world.RegisterAsync("s02", "blue-leader"));
        var (red, blue) = (await world.FoundAsync(reds, "The Reds"), await world.FoundAsync(blues, "The Blues"));
        var war = EntityId.New("s01", DateTimeOffset.UtcNow).ToString();
        await world.HomeGrain<IGuildGrain>(red).HandleAsync(new HoldWager(TestWorld.NewCommand(), reds, war, blue, 10, 60));
        await TestWorld.UntilAsync(() => world.HomeGrain<IGuildGrain>(blue).GetAsync(), guild => guild!.Wars.Count == 1);
        await world.HomeGrain<IGuildGrain>(blue).HandleAsync(new AcceptWar(TestWorld.NewCommand(), blues, war));
        await TestWorld.UntilAsync(() => world.Grains("s01").GetGrain<IWarFrontGrain>(war).GetAsync(), front => front is not null);
        return (war, red, blue);
    }

    private static async Task<(EventStore.StoredEvent Stored, GameEvent Fact)> FindAsync<T>(TestWorld world, string shard, string stream)
    {
        var codec = EventCodec.ForGame();
        await foreach (var stored in world.Store(shard).ReadAsync(stream, cancellationToken: TestContext.Current.CancellationToken))
        {
            if (codec.Decode(stored) is var fact and T)
            {
                return (stored, fact);
            }
        }

        throw new InvalidOperationException($"{stream} holds no {typeof(T).Name}.");
    }

    private sealed class ManualBus : IBroadcastBus
    {
        private Func<IReadOnlyList<Delivery>, CancellationToken, Task>? _handler;

        public Task DeliverAsync(IReadOnlyList<Delivery> batch) => _handler!(batch, CancellationToken.None);

        public ValueTask<IAsyncDisposable> ConsumeAsync(
            string queue, Func<IReadOnlyList<Delivery>, CancellationToken, Task> handler, CancellationToken cancellationToken = default)
        {
            if (queue == ShardQueues.NameOf(Exchanges.Guild, "s01"))
            {
                _handler = handler;
            }

            return new ValueTask<IAsyncDisposable>(this);
        }

        public ValueTask DeclareQueueAsync(QueueDeclaration queue, CancellationToken cancellationToken = default) => default;

        public ValueTask PublishAsync(BroadcastMessage message, CancellationToken cancellationToken = default) => default;

        public ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(
            string queue, long after, int count, CancellationToken cancellationToken = default) => new([]);

        public ValueTask<bool> ReplayDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default) => new(false);

        public ValueTask<bool> DiscardDeadLetterAsync(string queue, long id, CancellationToken cancellationToken = default) => new(false);

        public BusHealth Health => new(true, null, false, 0);

        public ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default) => new(new QueueDepth(0, 0, 0));

        public ValueTask<IReadOnlyList<string>> RetireQueuesAsync(
            IReadOnlyList<QueueDeclaration> queues, string successor, CancellationToken cancellationToken = default) => new([]);

        public ValueTask DisposeAsync() => default;
    }

    private sealed class ManualDelivery : Delivery
    {
        public ManualDelivery(long position, string war, GameEvent fact)
        {
            var data = EventCodec.ForGame().Encode(fact);
            Message = new BroadcastMessage(
                $"s02/{position}/0", Exchanges.Guild, "guild.war.all.x", "s02", position, StreamName.Of(StreamName.War, war), data.Type, data.SchemaVersion, data.Body);
        }

        public string Outcome { get; private set; } = "";

        public override BroadcastMessage Message { get; }

        public override int Attempt => 1;

        public override void Ack() => Outcome = "acknowledged";

        public override void Postpone() => Outcome = "postponed";

        public override void Retry(string reason) => Outcome = reason;

        public override void Reject(string reason) => Outcome = reason;
    }
}
