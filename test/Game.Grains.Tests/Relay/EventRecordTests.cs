using System.Text;
using Game.EventStore;
using Game.Grains.Relay;
using Game.Streaming.Kafka;

namespace Game.Grains.Tests.Relay;

public sealed class EventRecordTests
{
    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_567);

    private readonly EventRecordCodec _codec = new("game_events", new BodySeal(new byte[BodySeal.KeyBytes]));

    [Theory]
    [InlineData("""{"at":"2026-03-01T12:00:00+00:00","name":"A \u00e4 < > & ' \ud83d\ude00","gold":1000.50}""")]
    [InlineData("""{ "spaces" :  [ 1, 2.0e0 ] }""")]
    [InlineData("17")]
    public void An_event_comes_back_to_the_byte(string body)
    {
        foreach (var stream in (string[])["player/s01.01", "account/ann", "chat/world", "chat/whisper:s01.01:s02.02"])
        {
            var logged = Logged(stream, body);
            var (shard, back) = _codec.Decode(Consume(_codec.Encode("s01", logged)));

            Assert.Equal("s01", shard);
            Assert.Equal(body, Encoding.UTF8.GetString(back.Event.Body.Span));
            Assert.Equal(logged with { Event = logged.Event with { Body = back.Event.Body } }, back);
        }
    }

    [Fact]
    public void Whispers_are_private_and_what_all_hear_is_not()
    {
        var whisper = _codec.Encode("s01", Logged("chat/whisper:s01.01:s02.02", """{"text":"between us"}"""));
        var word = _codec.Encode("s01", Logged("chat/world", """{"text":"to all"}"""));

        Assert.DoesNotContain("between us", Encoding.UTF8.GetString(whisper.Value.Span));
        Assert.Contains("to all", Encoding.UTF8.GetString(word.Value.Span));
    }

    [Fact]
    public void A_private_body_is_sealed_and_opens_with_its_key_at_its_place_only()
    {
        var record = _codec.Encode("s01", Logged("account/ann", """{"passwordHash":"pbkdf2-0123456789"}"""));

        Assert.DoesNotContain("pbkdf2", Encoding.UTF8.GetString(record.Value.Span));
        var other = new EventRecordCodec("game_events", new BodySeal([.. Enumerable.Repeat((byte)1, BodySeal.KeyBytes)]));
        Assert.Contains("cannot be opened with key", Assert.Throws<RecordCodecException>(() => other.Decode(Consume(record))).Message);
        var none = new EventRecordCodec("game_events", null);
        Assert.Contains("that key is needed", Assert.Throws<RecordCodecException>(() => none.Decode(Consume(record))).Message);
        Assert.Equal("s01/7", none.Read(Consume(record)).Id);
        Assert.Throws<RecordCodecException>(() => none.Encode("s01", Logged("account/ann", "{}")));
        var moved = Encoding.UTF8.GetString(record.Value.Span).Replace("account/ann", "account/bob");
        Assert.Throws<RecordCodecException>(() => _codec.Decode(Consume(record with { Key = "account/bob"u8.ToArray(), Value = Encoding.UTF8.GetBytes(moved) })));
    }

    [Fact]
    public void A_record_tells_its_event_in_a_header_and_has_its_stream_as_key()
    {
        var record = _codec.Encode("s01", Logged("player/s01.01", "{}"));

        Assert.Equal("player/s01.01", Encoding.UTF8.GetString(record.Key!.Value.Span));
        Assert.Equal("s01/7", record.Headers.Single(header => header.Name == RecordHeaders.Id).Text);
        Assert.Equal("game.event", record.Headers.Single(header => header.Name == RecordHeaders.Type).Text);
    }

    private static LoggedEvent Logged(string stream, string body) => new(
        new StoredEvent(7, stream, 3, "c", At, "test.happened", 2, Encoding.UTF8.GetBytes(body)), new CommandRecord("c", "print", 2, 3));

    private static ConsumedRecord Consume(StreamRecord record) => new()
    {
        Topic = record.Topic,
        Partition = 0,
        Offset = 5,
        Time = At,
        Key = record.Key,
        Value = record.Value,
        Headers = record.Headers,
    };
}
