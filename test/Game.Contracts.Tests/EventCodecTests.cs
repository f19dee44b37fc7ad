using System.Text;
using System.Text.Json.Nodes;
using Game.EventStore;
using Game.Grains.EventSourcing;

namespace Game.Contracts.Tests;

/// <summary>Versions, upcasters, and what a build says of an event it cannot read.</summary>
public sealed class EventCodecTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly EventCodec Codec = new([typeof(Plain), typeof(Moved)], [new FromFirst(), new FromSecond()]);

    [Fact]
    public void Encode_NamesAliasVersionAndWritesUtf8Json()
    {
        var data = Codec.Encode(new Plain(Noon, "x", null, Colour.DarkRed, [1, 2]));

        Assert.Equal("test.plain", data.Type);
        Assert.Equal(1, data.SchemaVersion);
        Assert.Equal(
            """{"name":"x","note":null,"colour":"darkRed","numbers":[1,2],"at":"2026-03-01T12:00:00+00:00"}""",
            Encoding.UTF8.GetString(data.Body.Span));
        Assert.Equal(3, Codec.Encode(new Moved(Noon, "a", "b")).SchemaVersion);
    }

    [Fact]
    public void Decode_GivesBackWhatWasEncoded()
    {
        var fact = new Plain(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(5)).AddTicks(7), "ü\"\n", null, Colour.Blue, []);

        var decoded = Codec.Decode(Stored(Codec.Encode(fact)));

        Assert.Equivalent(fact, decoded, strict: true);
        Assert.Equal(fact.At.Offset, decoded.At.Offset);
    }

    [Theory]
    [InlineData(1, """{"full":"Ada Lovelace","at":"2026-03-01T12:00:00+00:00"}""")]
    [InlineData(2, """{"names":["Ada","Lovelace"],"at":"2026-03-01T12:00:00+00:00"}""")]
    [InlineData(3, """{"first":"Ada","last":"Lovelace","at":"2026-03-01T12:00:00+00:00"}""")]
    public void Decode_OfAnOlderVersion_GoesThroughEveryUpcaster(int version, string body) => Assert.Equal(
        new Moved(Noon, "Ada", "Lovelace"), Codec.Decode(Stored(new EventData("test.moved", version, Encoding.UTF8.GetBytes(body)))));

    [Theory]
    [InlineData("test.unknown", 1, "{}", "this build knows no event test.unknown (version 1)")]
    [InlineData("test.plain", 2, "{}", "event test.plain has version 2, and this build knows versions 1 to 1")]
    [InlineData("test.moved", 0, "{}", "event test.moved has version 0, and this build knows versions 1 to 3")]
    [InlineData("test.moved", 1, """{"at":"2026-03-01T12:00:00+00:00"}""", "the body of event test.moved version 1 cannot be read")]
    [InlineData("test.plain", 1, "null", "the body of event test.plain version 1 cannot be read")]
    [InlineData("test.plain", 1, "{", "the body of event test.plain version 1 cannot be read")]
    [InlineData("test.plain", 1, "", "the body of event test.plain version 1 cannot be read")]
    public void Decode_OfWhatThisBuildDoesNotKnow_NamesStreamPositionAliasAndVersion(string alias, int version, string body, string expected)
    {
        var exception = Assert.Throws<EventCodecException>(
            () => Codec.Decode(Stored(new EventData(alias, version, Encoding.UTF8.GetBytes(body)))));

        Assert.StartsWith($"Stream guild/s01.x, position 77: {expected}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"x","note":null,"colour":"blue","numbers":[],"at":"2026-03-01T12:00:00+00:00","more":1}""")]
    [InlineData("""{"name":"x","note":null,"colour":"blue","at":"2026-03-01T12:00:00+00:00"}""")]
    [InlineData("""{"name":null,"note":null,"colour":"blue","numbers":[],"at":"2026-03-01T12:00:00+00:00"}""")]
    [InlineData("""{"name":"x","name":"y","note":null,"colour":"blue","numbers":[],"at":"2026-03-01T12:00:00+00:00"}""")]
    [InlineData("""{"Name":"x","note":null,"colour":"blue","numbers":[],"at":"2026-03-01T12:00:00+00:00"}""")]
    [InlineData("""{"name":"x","note":null,"colour":1,"numbers":[],"at":"2026-03-01T12:00:00+00:00"}""")]
    [InlineData("""{"name":"x","note":null,"colour":"mauve","numbers":[],"at":"2026-03-01T12:00:00+00:00"}""")]
    [InlineData("""{"name":"x","note":null,"colour":"blue","numbers":["1"],"at":"2026-03-01T12:00:00+00:00"}""")]
    public void Decode_OfAnythingNotExactlyTheType_IsRefused(string body) => Assert.Throws<EventCodecException>(
        () => Codec.Decode(Stored(new EventData("test.plain", 1, Encoding.UTF8.GetBytes(body)))));

    [Fact]
    public void Codec_RefusesAGapInTheUpcasters() =>
        Assert.Contains(
            "No upcaster brings test.moved from version 2 to 3",
            Assert.Throws<ArgumentException>(() => new EventCodec([typeof(Moved)], [new FromFirst()])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Codec_RefusesAnUpcasterThatIsNeverUsed() =>
        Assert.Contains(
            "The upcaster of test.moved from version 1 is never used",
            Assert.Throws<ArgumentException>(() => new EventCodec([typeof(Plain)], [new FromFirst()])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Codec_RefusesTwoEventsWithOneAlias() =>
        Assert.Throws<ArgumentException>(() => new EventCodec([typeof(Plain), typeof(PlainToo)], []));

    [Fact]
    public void Codec_RefusesAnEventWithoutAlias() =>
        Assert.Throws<ArgumentException>(() => new EventCodec([typeof(Nameless)], []));

    private static StoredEvent Stored(EventData data) =>
        new(77, "guild/s01.x", 5, "command", Noon, data.Type, data.SchemaVersion, data.Body);

    internal enum Colour
    {
        Blue,
        DarkRed,
    }

#pragma warning disable ORLEANS0011 // That two have one alias is what is tested.
    [Alias("test.plain")]
    internal sealed record Plain(DateTimeOffset At, string Name, string? Note, Colour Colour, IReadOnlyList<int> Numbers) : GameEvent(At);

    [Alias("test.plain")]
    internal sealed record PlainToo(DateTimeOffset At) : GameEvent(At);
#pragma warning restore ORLEANS0011

    internal sealed record Nameless(DateTimeOffset At) : GameEvent(At);

    [Alias("test.moved")]
    [EventVersion(3)]
    internal sealed record Moved(DateTimeOffset At, string First, string Last) : GameEvent(At);

    private sealed class FromFirst : IEventUpcaster
    {
        public string Alias => "test.moved";

        public int FromVersion => 1;

        public ReadOnlyMemory<byte> Upcast(ReadOnlyMemory<byte> body)
        {
            var json = JsonNode.Parse(body.Span)!.AsObject();
            var names = new JsonArray([.. json["full"]!.GetValue<string>().Split(' ').Select(name => (JsonNode)name)]);
            return Encoding.UTF8.GetBytes(new JsonObject { ["names"] = names, ["at"] = json["at"]!.DeepClone() }.ToJsonString());
        }
    }

    private sealed class FromSecond : IEventUpcaster
    {
        public string Alias => "test.moved";

        public int FromVersion => 2;

        public ReadOnlyMemory<byte> Upcast(ReadOnlyMemory<byte> body)
        {
            var json = JsonNode.Parse(body.Span)!.AsObject();
            var names = json["names"]!.AsArray();
            return Encoding.UTF8.GetBytes(new JsonObject
            {
                ["first"] = names[0]!.DeepClone(),
                ["last"] = names[1]!.DeepClone(),
                ["at"] = json["at"]!.DeepClone(),
            }.ToJsonString());
        }
    }
}
