using Game.Domain.Routing;

namespace Game.Routing.Tests;

public sealed class ClassificationTests
{
    [Theory]
    [InlineData("combat.hit", MessageClass.Combat, RouteKind.Direct, RouteKind.Broadcast)]
    [InlineData("movement", MessageClass.Movement, RouteKind.Direct, RouteKind.Broadcast)]
    [InlineData("chat.world.s01", MessageClass.Chat, RouteKind.Broadcast, RouteKind.Stream)]
    [InlineData("guild.war.s01.note", MessageClass.GuildWar, RouteKind.Broadcast, RouteKind.Stream)]
    [InlineData("world.boss", MessageClass.World, RouteKind.Broadcast, RouteKind.Stream)]
    [InlineData("action.skill-used", MessageClass.Action, RouteKind.Stream, RouteKind.Broadcast)]
    [InlineData("metric.cpu", MessageClass.Metric, RouteKind.Stream, RouteKind.Broadcast)]
    [InlineData("log.line", MessageClass.Log, RouteKind.Stream, RouteKind.Broadcast)]
    [InlineData("guild.joined", MessageClass.Other, RouteKind.Stream, RouteKind.Broadcast)]
    [InlineData("guild.warlike", MessageClass.Other, RouteKind.Stream, RouteKind.Broadcast)]
    [InlineData("combative", MessageClass.Other, RouteKind.Stream, RouteKind.Broadcast)]
    [InlineData("", MessageClass.Other, RouteKind.Stream, RouteKind.Broadcast)]
    public void Kind_DecidesTheWayAndItsFallback(string kind, MessageClass expected, RouteKind primary, RouteKind fallback)
    {
        var found = MessageClassifier.Classify(kind);
        Assert.Equal(expected, found);
        Assert.Equal((primary, fallback), (RoutePlan.Of(found).Primary, RoutePlan.Of(found).Fallback));
    }

    [Fact]
    public void EveryClass_HasTwoDifferentWays_AndOnlyWhatIsOldAtOnceIsNotKept()
    {
        foreach (var messageClass in Enum.GetValues<MessageClass>())
        {
            var plan = RoutePlan.Of(messageClass);
            Assert.NotEqual(plan.Primary, plan.Fallback);
            Assert.Equal(messageClass is MessageClass.Combat or MessageClass.Movement, plan.Keep is null);
        }
    }
}
