using Game.Contracts.Notifications;
using Game.Grains.EventSourcing;
using Game.LocalServers;

namespace Game.Grains.Tests;

public sealed class NotificationTests
{
    /// <summary>
    /// Many low ones wait, then a few urgent ones are sent: those have a queue of their own, and of what is taken from a
    /// queue together the higher ones come first.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Urgent_notifications_overtake_a_backlog_of_lower_ones(bool overRabbitMq)
    {
        const int Low = 1800;
        const int Urgent = 10;
        await using var broker = overRabbitMq ? await BrokerAsync() : null;
        await using var world = await TestWorld.StartAsync(2, broker);
        var players = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            players.Add(await world.RegisterAsync("s02", $"player{i}"));
        }

        // One more gets the low ones only, and the store is slow for that mailbox: no batch of low ones is done before the urgent ones are
        // there, whichever queue the machine has more time for.
        var slow = await world.RegisterAsync("s02", "slow");
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Faults("s02").Hold = stream => stream == StreamName.Of(StreamName.Mailbox, slow) ? arrived.Task : Task.CompletedTask;

        await world.StopConsumingAsync("s02");
        var desk = world.Grains("s01").GetGrain<INotificationDeskGrain>("s01");
        for (var i = 0; i < Low / players.Count; i++)
        {
            await SendAsync(desk, [.. players, slow], $"low{i}", i % 7);
        }

        for (var i = 0; i < Urgent; i++)
        {
            await SendAsync(desk, players, $"urgent{i}", 7 + (i % 3));
        }

        await world.UntilPublishedAsync("s01");
        await world.ConsumeAgainAsync("s02");
        try
        {
            foreach (var player in players)
            {
                await TestWorld.UntilAsync(
                    async () => (await world.HomeGrain<IMailboxGrain>(player).ListAsync(0, 200)).Count(notification => IsUrgent(notification.Priority)),
                    count => count == Urgent);
            }
        }
        finally
        {
            arrived.SetResult();
        }

        foreach (var player in players)
        {
            var mailbox = world.HomeGrain<IMailboxGrain>(player);
            var all = await TestWorld.UntilAsync(() => mailbox.ListAsync(0, 200), list => list.Count == (Low / players.Count) + Urgent);
            var order = all.Reverse().Select(notification => notification.Priority).ToList();
            var lastUrgent = order.FindLastIndex(IsUrgent);

            // Both queues are consumed at the same time: at most what one batch of the other held came before.
            Assert.True(lastUrgent < Urgent + 64, $"An urgent one came after {lastUrgent - Urgent} lower ones: {string.Join(' ', order)}");

            // A batch holds 64, so of a batch the higher ones came first; the urgent ones fit into one.
            var urgent = order.Where(IsUrgent).ToList();
            Assert.Equal(urgent.OrderDescending(), urgent);
            Assert.Equal(
                all.OrderByDescending(notification => notification.Priority).ThenBy(notification => notification.Sequence).Select(n => n.Sequence),
                (await mailbox.ListBacklogAsync(0, 0, 200)).Select(n => n.Sequence));
        }
    }

    [Fact]
    public async Task What_expires_on_the_way_reaches_nobody_and_the_rest_does()
    {
        await using var world = await TestWorld.StartAsync(2);
        var player = await world.RegisterAsync("s02", "player");
        await world.StopConsumingAsync("s02");
        var desk = world.Grains("s01").GetGrain<INotificationDeskGrain>("s01");
        var soon = DateTimeOffset.UtcNow.AddMilliseconds(300);
        await desk.HandleAsync(new SendNotification("short", [player], new NotificationContent("test.note", "short", null, 9, soon)));
        await desk.HandleAsync(new SendNotification("past", [player], new NotificationContent("test.note", "past", null, 9, DateTimeOffset.UtcNow)));
        await desk.HandleAsync(new SendNotification("long", [player], new NotificationContent("test.note", "long", null, 0, soon.AddMinutes(5))));
        await desk.HandleAsync(new Announce("all", null, new NotificationContent("test.note", "all", null, 0, soon.AddMinutes(5))));
        await world.UntilPublishedAsync("s01");
        await TestWorld.UntilAsync(() => Task.FromResult(DateTimeOffset.UtcNow), now => now > soon);
        await world.ConsumeAgainAsync("s02");

        var mailbox = world.HomeGrain<IMailboxGrain>(player);
        var list = await TestWorld.UntilAsync(() => mailbox.ListAsync(0, 10), list => list.Count == 2);
        Assert.Equal(["all", "long"], list.Select(notification => notification.Subject).Order());
    }

    [Fact]
    public async Task A_mailbox_keeps_what_came_and_what_was_read_over_a_restart()
    {
        await using var world = await TestWorld.StartAsync(1);
        var player = await world.RegisterAsync("s01", "player");
        var mailbox = world.HomeGrain<IMailboxGrain>(player);
        await mailbox.HandleAsync(new Notify("1", "test.note", "one", 3, null, "text"));
        await mailbox.HandleAsync(new Notify("2", "test.note", "two", 5, null));
        await mailbox.HandleAsync(new MarkRead("read", 1));
        await world.RestartAsync();

        var list = await world.HomeGrain<IMailboxGrain>(player).ListAsync(0, 10);
        Assert.Equal([("two", false, null), ("one", true, "text")], list.Select(n => (n.Subject, n.Read, n.Text)));
    }

    private static bool IsUrgent(int priority) => priority >= NotificationLimits.UrgentPriority;

    private static async Task<RabbitMqServer> BrokerAsync()
    {
        try
        {
            return await RabbitMqServer.StartAsync(TestContext.Current.CancellationToken);
        }
        catch (ServerMissingException missing) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }

    private static async Task SendAsync(INotificationDeskGrain desk, IReadOnlyList<string> players, string subject, int priority)
    {
        var sent = await desk.HandleAsync(new SendNotification(
            subject, players, new NotificationContent("test.note", subject, null, priority, DateTimeOffset.UtcNow.AddHours(1))));
        Assert.Null(sent.Refusal);
    }
}
