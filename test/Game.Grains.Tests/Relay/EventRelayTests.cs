using Game.Contracts.Broadcast;
using Game.EventStore;
using Game.Grains.Relay;

namespace Game.Grains.Tests.Relay;

public sealed class EventRelayTests
{
    [Fact]
    public async Task The_whole_log_arrives_in_order_however_often_the_sink_fails_and_the_shard_restarts()
    {
        var sink = new FlakySink();
        await using var world = await TestWorld.StartAsync(2, sink);
        for (var i = 0; i < 20; i++)
        {
            await world.RegisterAsync("s01", $"player{i}");
        }

        await world.RestartAsync();
        await world.RegisterAsync("s01", "last");
        var status = await TestWorld.UntilAsync(
            () => world.Grains("s01").GetGrain<IEventRelayGrain>(sink.Name).GetStatusAsync(),
            status => status is { Head: > 20, Trouble: null } && status.Cursor == status.Head);

        var seen = 0L;
        foreach (var position in sink.Positions("s01"))
        {
            // What comes again was there before; what is new follows without a gap.
            Assert.InRange(position, 1, seen + 1);
            seen = Math.Max(seen, position);
        }

        // What the shard's analytics write down goes on after the status, and is carried too.
        Assert.True(seen >= status.Head, $"{seen} of {status.Head} arrived.");
        Assert.True(sink.Failures > 0, "The sink never failed.");
        var stored = await world.Store("s01").ReadCursorAsync(EventRelayGrain.CursorOf(sink.Name), TestContext.Current.CancellationToken);
        Assert.True(stored >= status.Cursor, $"The cursor was {status.Cursor}, and {stored} is stored.");
    }

    [Fact]
    public async Task A_sink_that_is_away_holds_up_nobody_and_says_why()
    {
        var sink = new FlakySink { IsAway = true };
        await using var world = await TestWorld.StartAsync(1, sink);
        await world.RegisterAsync("s01", "player");

        var status = await TestWorld.UntilAsync(
            () => world.Grains("s01").GetGrain<IEventRelayGrain>(sink.Name).GetStatusAsync(), status => status.Failures > 0);

        Assert.Equal("away by the test", status.Trouble);
        Assert.Equal(0, status.Cursor);
        Assert.True(status.Head > 0);
    }

    /// <summary>Stores what it is given, and says so every other time only.</summary>
    private sealed class FlakySink : IEventSink
    {
        private readonly List<(string Shard, long Position)> _stored = [];
        private int _calls;

        public string Name => "game_events";

        public bool IsAway { get; init; }

        public int Failures { get; private set; }

        public IReadOnlyList<long> Positions(string shard)
        {
            lock (_stored)
            {
                return [.. _stored.Where(stored => stored.Shard == shard).Select(stored => stored.Position)];
            }
        }

        public Task WriteAsync(string shard, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
        {
            lock (_stored)
            {
                if (IsAway)
                {
                    throw new EventSinkException("away by the test", null);
                }

                _stored.AddRange(events.Select(logged => (shard, logged.Event.Position)));
                if (++_calls % 2 == 1)
                {
                    Failures++;
                    throw new EventSinkException("not confirmed by the test", null);
                }
            }

            return Task.CompletedTask;
        }
    }
}
