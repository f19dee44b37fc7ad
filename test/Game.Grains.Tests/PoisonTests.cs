using Game.Broadcast;
using Game.Contracts.Guilds;
using Game.Contracts.Players;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;

namespace Game.Grains.Tests;

/// <summary>Messages that no shard would send: each becomes a dead letter that says why, and what comes after is handled.</summary>
public sealed class PoisonTests
{
    private const string Player = "player/s02.01ARZ3NDEKTSV4RRFFQ69G5FAV";

    private static readonly EventCodec Codec = EventCodec.ForGame();

    [Fact]
    public async Task Poison_is_a_dead_letter_with_its_reason_and_the_queue_goes_on()
    {
        await using var world = await TestWorld.StartAsync(2);
        var sent = Codec.Encode(new GuildDepositSent(DateTimeOffset.UtcNow, "s01.01ARZ3NDEKTSV4RRFFQ69G5FAV", 5));
        var good = new BroadcastMessage(
            "s02/900/0", Exchanges.Guild, "guild.member.s01.x", "s02", 900, Player, sent.Type, sent.SchemaVersion, sent.Body);
        (BroadcastMessage Message, string Reason)[] poison =
        [
            (good with { Body = "{not json"u8.ToArray() }, "cannot be read"),
            (good with { Body = """{"at":"2026-01-01T00:00:00Z","unknown":1}"""u8.ToArray() }, "cannot be read"),
            (good with { Type = "no.such-event" }, "knows no event no.such-event"),
            (good with { SchemaVersion = 99 }, "has version 99"),
            (good with { SourceShard = "s999", Id = "s999/900/0" }, "There is no shard 's999'"),
            (good with { SourceShard = "../etc", Id = "../etc/900/0" }, "There is no shard"),
            (good with { Id = "s01/900/0" }, "is not one of shard s02, position 900"),
            (good with { Id = "s02/901/0" }, "is not one of shard s02, position 900"),
            (good with { Id = "s02/900/4096" }, "is not one of shard s02, position 900"),
            (good with { SourceStream = "player/s01.01ARZ3NDEKTSV4RRFFQ69G5FAV" }, "Shard s02 does not write the stream"),
            (good with { SourceStream = "nonsense" }, "is not the name of a stream"),
            (good with { Link = new MessageLink("all", 5, 4) }, "contradicts its position"),
            (good with { Link = new MessageLink("s02", 900L << 12, 0) }, "contradicts its position"),
            (good with { Type = Codec.AliasOf(typeof(MemberInvited)), Id = "s02/900/1" }, "do not come over"),
        ];
        foreach (var (message, _) in poison)
        {
            await world.Bus.PublishAsync(message, TestContext.Current.CancellationToken);
        }

        var queue = ShardQueues.NameOf(Exchanges.Guild, "s01");
        var letters = await TestWorld.UntilAsync(
            async () => await world.Bus.ListDeadLettersAsync(queue, 0, 100, TestContext.Current.CancellationToken), found => found.Count == poison.Length);
        Assert.All(letters.Zip(poison), pair => Assert.Contains(pair.Second.Reason, pair.First.Reason));
        Assert.All(letters, letter => Assert.Equal(1, letter.Deliveries));

        // The queue goes on: a whole saga passes it.
        var founder = await world.RegisterAsync("s01", "ann");
        await world.FoundAsync(founder, "The Founders");
        Assert.Equal(poison.Length, (await world.Bus.GetDepthAsync(queue, TestContext.Current.CancellationToken)).DeadLetters);
    }
}
