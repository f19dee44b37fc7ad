using Game.Contracts.Analytics;
using Game.Contracts.Identity;
using Game.Contracts.Presence;
using Game.Grains.EventSourcing;
using Game.Grains.Streams;
using Game.Streaming.Kafka;

namespace Game.Grains.Tests;

public sealed class PlayerActionCodecTests
{
    private static readonly DateTimeOffset Recorded = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private static readonly PlayerAction Purchase = new(
        "payment-1",
        $"s01.{Ulid.From(Recorded, new byte[10])}",
        "s01",
        ActionKind.Purchased,
        Recorded,
        Amount: 499,
        Currency: "EUR",
        Product: "gems");

    private static readonly PlayerActionCodec Codec = new(new JsonRecordCodec(
        [new RecordType(typeof(PlayerAction), "game.analytics.action"), new RecordType(typeof(PresenceReport), "game.presence.report")],
        EventCodec.Json));

    public static TheoryData<string, PlayerAction> Refused => new()
    {
        { "amount must be 0 to 1000000000000.", Purchase with { Amount = -1 } },
        { "currency must be a currency of ISO 4217.", Purchase with { Currency = "ZZZ" } },
        { "product must be given.", Purchase with { Product = null } },
        { "player must be {shard}.{ulid}.", Purchase with { Player = "nobody" } },
        { "at must be after 1970.", Purchase with { At = DateTimeOffset.UnixEpoch.AddTicks(-1) } },
        { "at must be at most 366 days before and 60 min after its record.", Purchase with { At = Recorded.AddMinutes(61) } },
        { "at must be at most 366 days before and 60 min after its record.", Purchase with { At = DateTimeOffset.MaxValue } },
        { "at must be at most 366 days before and 60 min after its record.", Purchase with { At = Recorded.AddDays(-367) } },
    };

    [Fact]
    public void Action_GoesThereAndBack() => Assert.Equal(Purchase, Codec.Decode(Record(Purchase)));

    [Theory]
    [MemberData(nameof(Refused))]
    public void WhatCannotBeAnAction_IsRefused_NamingFieldAndLimit(string reason, PlayerAction action)
    {
        var refused = Assert.Throws<RecordCodecException>(() => Codec.Decode(Record(action)));
        Assert.Equal($"player_actions/3/17: {reason}", refused.Message);
    }

    [Fact]
    public void ItemOfAnotherType_IsRefused()
    {
        var refused = Assert.Throws<RecordCodecException>(() => Codec.Decode(Record(new PresenceReport("gateway", 1, true, [], []))));
        Assert.Equal("player_actions/3/17: the topic carries player actions, not PresenceReport.", refused.Message);
    }

    private static ConsumedRecord Record(object item)
    {
        var record = Codec.Encode("player_actions", "s01-00", item);
        return new ConsumedRecord
        {
            Topic = record.Topic,
            Partition = 3,
            Offset = 17,
            Time = Recorded,
            Key = record.Key,
            Value = record.Value,
            Headers = record.Headers,
        };
    }
}
