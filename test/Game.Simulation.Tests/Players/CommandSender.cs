using System.Text.Json;
using Game.Contracts;
using Game.EventStore;
using Game.Grains.EventSourcing;

namespace Game.Simulation.Tests;

/// <summary>
/// Sends commands as a client does that must know the outcome: the same command again until a shard that is up answers.
/// Now and then it sends one twice at once, or asks again later; the answer must be the same.
/// </summary>
internal sealed class CommandSender(World world, string name)
{
    private const double SentTwice = 0.05;
    private const double AskedAgain = 0.1;

    private int _number;

    public string NextId() => $"{name}/{++_number}";

    public async Task<Outcome<T>> SendAsync<T>(string shard, string stream, Command command, Func<IGrainFactory, Task<Outcome<T>>> send)
    {
        if (world.Happens(SentTwice))
        {
            var other = AnswerAsync(shard, send);
            var (one, two) = (await AnswerAsync(shard, send), await other);

            // Which of the two came first nobody knows: a refusal may be from before the other was accepted.
            if (one.Accepted && two.Accepted)
            {
                await CompareAsync(shard, stream, command, one, two);
            }
        }

        var outcome = await AnswerAsync(shard, send);
        world.Trace.Add($"{command.CommandId} {command.GetType().Name} to {stream}: {outcome.Refusal?.Code ?? "accepted"}");
        if (!outcome.Accepted)
        {
            world.Ledger.CountRefusal();
            return outcome;
        }

        world.Ledger.Add(new AcknowledgedCommand(command.CommandId, shard, stream));
        if (world.Happens(AskedAgain))
        {
            await world.DelayAsync(TimeSpan.FromSeconds(world.Random.NextDouble() * 10));
            await CompareAsync(shard, stream, command, outcome, await AnswerAsync(shard, send));
        }

        return outcome;
    }

    public async Task<T> AskAsync<T>(string shard, Func<IGrainFactory, Task<T>> ask)
    {
        while (true)
        {
            if (world.Shards[shard].Grains is { } grains)
            {
                try
                {
                    return await ask(grains);
                }
                catch (Exception exception) when (exception is SiloUnavailableException or TimeoutException or EventStoreException)
                {
                    world.Trace.Add($"{name} gets no answer from {shard}: {exception.GetType().Name}");
                }
            }

            await world.DelayAsync(TimeSpan.FromMilliseconds(200 + (world.Random.NextDouble() * 800)));
        }
    }

    private async Task<Outcome<T>> AnswerAsync<T>(string shard, Func<IGrainFactory, Task<Outcome<T>>> send)
    {
        while (true)
        {
            var outcome = await AskAsync(shard, send);
            if (outcome.Refusal is not { Kind: RefusalKind.Unavailable })
            {
                return outcome;
            }

            await world.DelayAsync(TimeSpan.FromMilliseconds(200));
        }
    }

    private async Task CompareAsync<T>(string shard, string stream, Command command, Outcome<T> first, Outcome<T> second)
    {
        // What was refused may be accepted later; what was accepted stays so, word for word, unless there was nothing to store.
        if (first.Accepted
            && await world.Shards[shard].Store.FindCommandAsync(stream, command.CommandId) is not null
            && JsonSerializer.Serialize(first, EventCodec.Json) != JsonSerializer.Serialize(second, EventCodec.Json))
        {
            throw new RuleBrokenException(
                $"{command} was answered {JsonSerializer.Serialize(first, EventCodec.Json)} and then {JsonSerializer.Serialize(second, EventCodec.Json)}.");
        }
    }
}
