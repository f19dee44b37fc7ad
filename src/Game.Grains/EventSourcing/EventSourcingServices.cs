using Game.EventStore;
using Game.Grains.Relay;
using Microsoft.Extensions.Logging;

namespace Game.Grains.EventSourcing;

/// <summary>What every event-sourced grain of a shard uses. One instance a silo; safe for concurrent use.</summary>
public sealed class EventSourcingServices(
    IEventStore store, EventCodec codec, TimeProvider clock, ILogger<EventSourcingServices> logger, EventRelay relay)
{
    public IEventStore Store { get; } = store;

    public EventCodec Codec { get; } = codec;

    public TimeProvider Clock { get; } = clock;

    public EventRelay Relay { get; } = relay;

    public ILogger Logger { get; } = logger;
}
