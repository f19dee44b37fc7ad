using FsCheck;
using FsCheck.Fluent;
using Game.Contracts;
using Game.Contracts.Notifications;
using Game.Domain.Notifications;

namespace Game.Domain.Tests.Notifications;

public sealed class MailboxTests
{
    private static readonly DateTimeOffset Noon = Histories.Noon;

    [Fact]
    public void The_backlog_comes_by_priority_and_of_one_priority_in_order_and_pages_without_gap() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Histories.Seeds, seed =>
        {
            var random = new Random(seed);
            var mailbox = Mailbox.Initial("m");
            for (var i = 0; i < 60; i++)
            {
                mailbox = mailbox.After<Mailbox, MailboxCommand>(Note($"{i}", random.Next(0, 10), random.Next(3) == 0 ? Noon.AddSeconds(1) : null));
            }

            mailbox = mailbox.After<Mailbox, MailboxCommand>(new MarkRead("read", random.Next(0, 20)));
            var later = Noon.AddSeconds(2);
            var expected = mailbox.Notifications.Where(n => n.Sequence > mailbox.ReadUpTo && n.ExpiresAt is null)
                .OrderByDescending(n => n.Priority).ThenBy(n => n.Sequence).ToList();
            var paged = new List<Notification>();
            IReadOnlyList<Notification> page;
            do
            {
                page = mailbox.ListBacklog(paged.LastOrDefault()?.Priority ?? 0, paged.LastOrDefault()?.Sequence ?? 0, 7, later);
                paged.AddRange(page);
            }
            while (page.Count > 0);
            Assert.Equal(expected, paged);
            Assert.Equal(expected.Count, mailbox.CountUnread(later));
        }));

    [Fact]
    public void What_has_expired_is_not_stored_and_not_shown_from_the_very_moment()
    {
        Assert.True(Mailbox.Initial("m").Decide(Note("late", 5, Noon), Noon).Events.IsEmpty);
        var mailbox = Mailbox.Initial("m").After<Mailbox, MailboxCommand>(Note("soon", 5, Noon.AddSeconds(1)));
        Assert.Single(mailbox.List(0, 10, Noon.AddMilliseconds(999)));
        Assert.Empty(mailbox.List(0, 10, Noon.AddSeconds(1)));
        Assert.Empty(mailbox.ListBacklog(0, 0, 10, Noon.AddSeconds(1)));
        Assert.Equal(0, mailbox.CountUnread(Noon.AddSeconds(1)));
    }

    [Fact]
    public void A_full_mailbox_gives_up_what_is_least_wanted()
    {
        var mailbox = Mailbox.Initial("m").After<Mailbox, MailboxCommand>(Note("urgent", 9, null), Note("gone", 9, Noon.AddSeconds(1)));
        for (var i = 0; i < Mailbox.Capacity - 2; i++)
        {
            mailbox = mailbox.After<Mailbox, MailboxCommand>(Note($"low{i}", 1, null));
        }

        var full = mailbox.Play(Note("new", 2, null), Noon.AddSeconds(2)).State;
        Assert.Equal(Mailbox.Capacity, full.Notifications.Count);
        Assert.DoesNotContain(full.Notifications, n => n.Subject == "gone");
        full = full.Play(Note("newer", 2, null), Noon.AddSeconds(2)).State;
        Assert.DoesNotContain(full.Notifications, n => n.Subject == "low0");
        Assert.Contains(full.Notifications, n => n.Subject == "urgent");
        full = full.After<Mailbox, MailboxCommand>(new MarkRead("read", 1)).Play(Note("newest", 2, null), Noon.AddSeconds(2)).State;
        Assert.DoesNotContain(full.Notifications, n => n.Subject == "urgent");
    }

    [Fact]
    public void An_announcement_is_taken_once()
    {
        Announcement[] news = [new(1, Noon, Content("one", 3)), new(2, Noon, Content("two", 8))];
        var mailbox = Mailbox.Initial("m").After<Mailbox, MailboxCommand>(
            new TakeAnnouncements("1", news[..1]), new TakeAnnouncements("2", news), new TakeAnnouncements("3", news));
        Assert.Equal(["two", "one"], mailbox.ListBacklog(0, 0, 10, Noon).Select(n => n.Subject));
        Assert.Equal(2, mailbox.AnnouncedUpTo);
    }

    [Fact]
    public void A_desk_numbers_announcements_and_forgets_those_that_have_expired()
    {
        var desk = NotificationDesk.Initial("s01").After<NotificationDesk, DeskCommand>(
            new ReceiveAnnouncement("1", Noon, Content("one", 3) with { ExpiresAt = Noon.AddSeconds(1) }),
            new ReceiveAnnouncement("2", Noon, Content("two", 3)));
        Assert.Equal([1L, 2L], desk.List(0, Noon).Select(a => a.Number));
        Assert.Equal([2L], desk.List(0, Noon.AddSeconds(1)).Select(a => a.Number));
        Assert.Empty(desk.List(2, Noon));
        desk = desk.Play(new ReceiveAnnouncement("3", Noon, Content("three", 3)), Noon.AddSeconds(2)).State;
        Assert.Equal([2L, 3L], desk.Announcements.Select(a => a.Number));
        Assert.True(desk.Decide(new ReceiveAnnouncement("4", Noon, Content("late", 3) with { ExpiresAt = Noon }), Noon).Events.IsEmpty);
    }

    [Theory]
    [InlineData("kind", "BAD KIND", "s", "t", 1)]
    [InlineData("subject", "k", "", "t", 1)]
    [InlineData("text", "k", "s", "", 1)]
    [InlineData("text", "k", "s", "\n", 1)]
    [InlineData("priority", "k", "s", "t", 10)]
    public void What_a_notification_may_not_be_is_named(string field, string kind, string subject, string text, int priority)
    {
        var refusal = Mailbox.Initial("m").Decide(new Notify("1", kind, subject, priority, null, text), Noon).Refusal;
        Assert.Equal((RefusalCodes.InvalidField, field), (refusal?.Code, refusal?.Field));
    }

    [Fact]
    public void A_mailbox_obeys_its_rules_in_any_history() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Histories.Seeds, seed =>
        {
            var count = 0;
            Histories.PlayRandomly<Mailbox, MailboxCommand>(
                Mailbox.Initial("m"),
                seed,
                300,
                (random, mailbox) => random.Next(8) switch
                {
                    0 => new MarkRead($"{++count}", random.NextInt64(-1, mailbox.Version + 2)),
                    1 => new TakeAnnouncements($"{++count}", [new Announcement(random.Next(1, 30), Noon, Content("all", random.Next(10)))]),
                    _ => Note($"{++count}", random.Next(-1, 11), random.Next(2) == 0 ? Noon.AddSeconds(random.Next(0, 900)) : null),
                },
                mailbox =>
                {
                    Assert.True(mailbox.Notifications.Count <= Mailbox.Capacity);
                    Assert.True(mailbox.ReadUpTo <= mailbox.Version);
                });
        }));

    private static Notify Note(string subject, int priority, DateTimeOffset? expiresAt) => new(subject, "test.note", subject, priority, expiresAt);

    private static NotificationContent Content(string subject, int priority) => new("test.note", subject, null, priority, null);
}
