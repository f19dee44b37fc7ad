using System.Diagnostics;
using System.Globalization;
using Game.Broadcast;
using Game.Contracts.Broadcast;
using Game.Contracts.Chat;
using Game.Contracts.Identity;
using Game.EventStore;
using Game.Grains.Broadcast;
using Game.Grains.EventSourcing;

namespace Game.Faults.Tests;

/// <summary>
/// Every shard says numbered messages on some channels, which every other shard must store once, in order. The books are the shards'
/// own logs.
/// </summary>
internal sealed class ChatLedger
{
    private const int ChannelsOfAShard = 4;

    /// <summary>Without any progress: longer than the pauses of a shard that asks again for what it has missed, one after the other.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly EventCodec _codec = EventCodec.ForGame();
    private readonly int _perChannel;
    private readonly IReadOnlyList<string> _channels;
    private readonly HashSet<string> _streams;
    private readonly Dictionary<Shard, long> _readTo = [];
    private long _messages;

    /// <param name="shards">Who talks and listens.</param>
    /// <param name="effects">How many messages others shall have stored in the end, or a few more.</param>
    public ChatLedger(IReadOnlyList<Shard> shards, int effects)
    {
        Shards = shards;
        _perChannel = (int)Math.Ceiling((double)effects / (shards.Count * (shards.Count - 1) * ChannelsOfAShard));
        _channels = [.. Enumerable.Range(0, ChannelsOfAShard).Select(_ => ChatChannels.Guild(EntityId.New("s01", DateTimeOffset.UtcNow).ToString()))];
        _streams = [.. _channels.Select(channel => StreamName.Of(StreamName.Chat, channel))];
    }

    public IReadOnlyList<Shard> Shards { get; }

    public long Posts => (long)Shards.Count * ChannelsOfAShard * _perChannel;

    public long Effects => Posts * (Shards.Count - 1);

    /// <summary>Messages stored by now, said and heard. Reads on where it was.</summary>
    public async Task<long> CountAsync()
    {
        foreach (var shard in Shards)
        {
            var position = _readTo.GetValueOrDefault(shard);
            while (await shard.Store.ReadAllAsync(position, limit: 1_000) is [.., var last] read)
            {
                _messages += read.Count(stored => _streams.Contains(stored.Stream));
                position = last.Position;
            }

            _readTo[shard] = position;
        }

        return _messages;
    }

    /// <summary>Says everything, each channel of a shard in order, again until it is accepted.</summary>
    public Task SayAsync(CancellationToken cancellationToken) => Task.WhenAll(
        from shard in Shards
        from channel in _channels
        select Task.Run(() => SayAsync(shard, channel, cancellationToken), cancellationToken));

    /// <summary>Waits until so much of it all is done, 0 to 1.</summary>
    public async Task ReachAsync(double part, CancellationToken cancellationToken)
    {
        var goal = (Posts + Effects) * part;
        var (last, since) = (0L, Stopwatch.GetTimestamp());
        var shown = since;
        while (await CountAsync() is var count && count < goal)
        {
            if (count > last)
            {
                (last, since) = (count, Stopwatch.GetTimestamp());
            }

            if (Stopwatch.GetElapsedTime(since) > Patience)
            {
                throw new TimeoutException($"It stays at {count} of {Posts + Effects}: {await DescribeAsync()}");
            }

            if (Environment.GetEnvironmentVariable("LEDGER_TRACE") is not null && Stopwatch.GetElapsedTime(shown) > TimeSpan.FromSeconds(5))
            {
                shown = Stopwatch.GetTimestamp();
                await Console.Error.WriteLineAsync($"{count} of {Posts + Effects}: {await DescribeAsync()}");
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Whether the broker has confirmed all that some shards have in their logs.</summary>
    public static async Task<bool> AreSentAsync(IEnumerable<Shard> shards)
    {
        foreach (var shard in shards)
        {
            if (await shard.Store.ReadCursorAsync(BroadcastRoutes.CursorOf(Exchanges.Chat)) < await shard.Store.GetHeadAsync())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Compares what was said with what was stored.</summary>
    /// <returns>What is wrong, a line each; empty if nothing is.</returns>
    public async Task<IReadOnlyList<string>> AuditAsync()
    {
        var wrong = new List<string>();
        foreach (var shard in Shards)
        {
            foreach (var channel in _channels)
            {
                var heard = Shards.ToDictionary(source => source.Name, _ => 0);
                await foreach (var stored in shard.Store.ReadAsync(StreamName.Of(StreamName.Chat, channel)))
                {
                    var words = ((MessagePosted)_codec.Decode(stored)).Text.Split(' ');
                    var number = int.Parse(words[1], CultureInfo.InvariantCulture);
                    if (number != heard[words[0]] + 1)
                    {
                        wrong.Add($"{shard.Name} {channel}: {words[0]} {number} after {heard[words[0]]} ({(number <= heard[words[0]] ? "twice or out of order" : "gap")})");
                    }

                    heard[words[0]] = Math.Max(number, heard[words[0]]);
                }

                wrong.AddRange(heard.Where(entry => entry.Value < _perChannel).Select(entry => $"{shard.Name} {channel}: {entry.Key} ends with {entry.Value} of {_perChannel}"));
            }
        }

        return wrong;
    }

    public async Task<InboxStatus> InboxAsync(Shard shard) => await shard.Grains!.GetGrain<IBroadcastInboxGrain>(shard.Name).GetStatusAsync();

    public async Task<string> DescribeAsync()
    {
        var lines = new List<string>();
        foreach (var shard in Shards.Where(shard => shard.Grains is not null))
        {
            var inbox = await InboxAsync(shard);
            lines.Add($"{shard.Name}: head {await shard.Store.GetHeadAsync()}, {inbox.Gaps} gaps, {inbox.Healed} healed, open {string.Join("; ", inbox.Open)}, bus {shard.Bus.Health}");
        }

        return string.Join('\n', lines);
    }

    private async Task SayAsync(Shard shard, string channel, CancellationToken cancellationToken)
    {
        var author = EntityId.New(shard.Name, DateTimeOffset.UtcNow).ToString();
        for (var number = 1; number <= _perChannel; number++)
        {
            while (!await TrySayAsync(shard, channel, author, number))
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    private static async Task<bool> TrySayAsync(Shard shard, string channel, string author, int number)
    {
        if (shard.Grains is not { } grains)
        {
            return false;
        }

        try
        {
            var said = await grains.GetGrain<IChatChannelGrain>(channel)
                .HandleAsync(new PostMessage($"say/{shard.Name}/{number}", author, "ann", $"{shard.Name} {number}")).WaitAsync(TimeSpan.FromSeconds(10));
            return said.Refusal is null;
        }
        catch (Exception exception) when (exception is EventStoreException or TimeoutException or OrleansException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The shard died under the call: the same again finds out whether it counted.
            return false;
        }
    }
}
