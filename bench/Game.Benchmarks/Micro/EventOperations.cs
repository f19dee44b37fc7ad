using System.Security.Cryptography;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Game.Contracts;
using Game.Contracts.Players;
using Game.EventStore;
using Game.Grains.EventSourcing;

namespace Game.Benchmarks.Micro;

/// <summary>What each durable command pays for its event's body and its own fingerprint, beside plain System.Text.Json.</summary>
public class EventOperations
{
    private static readonly ExperienceGained Fact = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), 125, "quest");
    private static readonly AwardExperience Asked = new("01J9ZC3B7W8Q4X5T6R2N1M0K9H", 125, "quest");

    private readonly EventCodec _codec = EventCodec.ForGame();
    private readonly EventData _encoded = EventCodec.ForGame().Encode(Fact);

    [Benchmark, BenchmarkCategory("encode an event")]
    public EventData Encode() => _codec.Encode(Fact);

    [Benchmark(Baseline = true), BenchmarkCategory("encode an event")]
    public byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(Fact, EventCodec.Json);

    [Benchmark, BenchmarkCategory("decode an event")]
    public GameEvent Decode() => _codec.Decode("player/s01.1", 1, _encoded.Type, _encoded.SchemaVersion, _encoded.Body);

    [Benchmark(Baseline = true), BenchmarkCategory("decode an event")]
    public ExperienceGained? Deserialize() => JsonSerializer.Deserialize<ExperienceGained>(_encoded.Body.Span, EventCodec.Json);

    [Benchmark, BenchmarkCategory("fingerprint of a command, beside SHA-256 of its JSON")]
    public string Fingerprint() => CommandFingerprint.Of(Asked);

    [Benchmark(Baseline = true), BenchmarkCategory("fingerprint of a command, beside SHA-256 of its JSON")]
    public byte[] Hash() => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Asked));
}
