using System.Text.Json;
using Game.Streaming.Kafka;

namespace Game.Streaming.Tests;

public sealed class JsonRecordCodecTests
{
    private static readonly JsonRecordCodec Codec = new([new RecordType(typeof(Action), "test.action", 2)], JsonSerializerOptions.Web);

    [Fact]
    public void WhatIsEncoded_IsDecoded()
    {
        var record = Codec.Encode("topic", "b7", new Action("jump", 3));
        var read = Read(record.Value, [.. record.Headers]);
        Assert.Equal(new Action("jump", 3), Codec.Decode(read));
        Assert.Equal(("test.action", "2"), (read.Header(RecordHeaders.Type), read.Header(RecordHeaders.Version)));
    }

    [Theory]
    [InlineData(null, "2", "{}", "no header type")]
    [InlineData("test.other", "2", "{}", "no type test.other")]
    [InlineData("test.action", "3", "{}", "version '3'")]
    [InlineData("test.action", null, "{}", "version ''")]
    [InlineData("test.action", "2", "null", "null")]
    [InlineData("test.action", "2", "{", "JsonException")]
    [InlineData("test.action", "2", "", "JsonException")]
    public void WhatCannotBeUnderstood_IsRefusedWithTheReason(string? type, string? version, string body, string reason)
    {
        var headers = new List<RecordHeader>();
        if (type is not null)
        {
            headers.Add(new RecordHeader(RecordHeaders.Type, type));
        }

        if (version is not null)
        {
            headers.Add(new RecordHeader(RecordHeaders.Version, version));
        }

        var record = Read(System.Text.Encoding.UTF8.GetBytes(body), [.. headers]);
        var exception = Assert.Throws<RecordCodecException>(() => Codec.Decode(record));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyBytes_AreDecodedOrRefused()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 5000; i++)
        {
            var body = new byte[random.Next(40)];
            random.NextBytes(body);
            RecordHeader[] headers = random.Next(2) == 0
                ? [new(RecordHeaders.Type, "test.action"), new(RecordHeaders.Version, "2")]
                : [new(RecordHeaders.Type, body), new("x", body)];
            var failure = Record.Exception(() => Codec.Decode(Read(body, headers)));
            Assert.True(failure is null or RecordCodecException, $"seed {seed}: {failure}");
        }
    }

    [Fact]
    public void ItemOfAnotherType_IsNotEncoded() =>
        Assert.Throws<RecordCodecException>(() => Codec.Encode("topic", "k", "text"));

    private static ConsumedRecord Read(ReadOnlyMemory<byte> value, RecordHeader[] headers) => new()
    {
        Topic = "topic",
        Partition = 0,
        Offset = 1,
        Time = default,
        Key = null,
        Value = value,
        Headers = headers,
    };

    private sealed record Action(string Name, int Count);
}
