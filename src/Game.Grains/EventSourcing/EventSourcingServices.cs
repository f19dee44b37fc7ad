using Game.EventStore;
using Microsoft.Extensions.Logging;

namespace Game.Grains.EventSourcing;

/// <summary>What every event-sourced grain of a shard uses. One instance a silo; safe for concurrent use.</summary>
public sealed class EventSourcingServices(
    IEventStore store, EventCodec codec, TimeProvider clock, ILogger<EventSourcingServices> logger, ICommitListener listener)
{
    public IEventStore Store { get; } = store;

    public EventCodec Codec { get; } = codec;

    public TimeProvider Clock { get; } = clock;

    public ICommitListener Listener { get; } = listener;

    public ILogger Logger { get; } = logger;
}
