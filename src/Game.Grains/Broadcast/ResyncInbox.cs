using Game.Broadcast;
using Game.Contracts.Broadcast;
using Game.EventStore;
using Game.Grains.Broadcast.Chains;
using Game.Grains.EventSourcing;
using Game.Grains.Shards;

namespace Game.Grains.Broadcast;

/// <summary>
/// Hands what other shards ask about this shard's messages to the publishers, and what they answer to the marks. Lost asks are
/// repeated by those who asked.
/// </summary>
internal sealed class ResyncInbox(IBroadcastBus bus, IGrainFactory grains, ShardIdentity shard, TimeProvider clock)
{
    private readonly KnownShards _known = new(grains, shard);
    private long _number;

    public async Task HandleAsync(IReadOnlyList<Delivery> batch, CancellationToken cancellationToken)
    {
        foreach (var delivery in batch)
        {
            try
            {
                await HandleAsync(delivery.Message, cancellationToken);
                delivery.Ack();
            }
            catch (Exception exception) when (exception is TimeoutException or EventStoreException or OrleansException or BroadcastException
                or OperationCanceledException)
            {
                delivery.Postpone();
            }
            catch (EventCodecException exception)
            {
                delivery.Reject(exception.Message);
            }
        }
    }

    private async Task HandleAsync(BroadcastMessage message, CancellationToken cancellationToken)
    {
        var receiver = message.SourceShard;
        if (!MessageClaims.IsShard(receiver, shard) && !await _known.ContainsAsync(receiver))
        {
            throw new EventCodecException($"There is no shard '{receiver}'.", null);
        }

        switch (message.Type)
        {
            case Resync.HeardType:
                foreach (var (route, marks) in Resync.Read<HeardSoFar>(message).Marks)
                {
                    await PublisherOf(route).AnswerAsync(receiver, marks.Select(mark => Check(receiver, mark.Key, mark.Value)).ToList());
                }

                break;
            case Resync.HelloType:
                await WelcomeAsync(receiver, cancellationToken);
                break;
            case Resync.WelcomeType:
                foreach (var (route, marks) in Resync.Read<HeardSoFar>(message).Marks)
                {
                    await grains.GetGrain<IBroadcastInboxGrain>(shard.Name).WelcomeAsync(
                        message.SourceShard, route, marks.Select(mark => Check(shard.Name, mark.Key, mark.Value)).ToList());
                }

                break;
            case Resync.ResendType:
                var from = Resync.Read<ResendFrom>(message);
                await PublisherOf(from.Route).ResendAsync(receiver, Check(receiver, from.Chain, from.Place));
                break;
            default:
                throw new EventCodecException($"Shards do not ask with {message.Type}.", null);
        }
    }

    private async Task WelcomeAsync(string receiver, CancellationToken cancellationToken)
    {
        var sent = new Dictionary<string, IReadOnlyDictionary<string, long>>();
        foreach (var route in BroadcastRoutes.All)
        {
            var heads = await PublisherOf(route).AnswerAsync(
                receiver, new[] { receiver, BroadcastRoutes.AllShards }.Select(chain => new ChainMark(chain, 0)).ToList());
            sent.Add(route, heads.ToDictionary(head => head.Chain, head => head.Place));
        }

        await bus.PublishAsync(
            Resync.Welcome(shard.Name, receiver, new HeardSoFar(sent), clock.GetUtcNow().UtcTicks + _number++), cancellationToken);
    }

    private IBroadcastPublisherGrain PublisherOf(string route) => BroadcastRoutes.All.Contains(route)
        ? grains.GetGrain<IBroadcastPublisherGrain>(route)
        : throw new EventCodecException($"There is no route '{route}'.", null);

    private static ChainMark Check(string receiver, string chain, long place) =>
        place >= 0 && (chain == receiver || chain == BroadcastRoutes.AllShards)
            ? new ChainMark(chain, place)
            : throw new EventCodecException($"{receiver} hears nothing of chain '{chain}' after {place}.", null);
}
