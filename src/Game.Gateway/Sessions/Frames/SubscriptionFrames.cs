using Game.Contracts;
using Game.Contracts.Feeds;
using Game.Gateway.Http;

namespace Game.Gateway.Sessions.Frames;

internal sealed record TopicsData(IReadOnlyList<string> Topics) : IRequestBody
{
    public Refusal? Check() => Topics.Count is >= 1 and <= GatewayLimits.MaxTopicsPerFrame && Topics.All(topic => topic is not null)
        ? null
        : Refusal.Invalid("topics", $"1 to {GatewayLimits.MaxTopicsPerFrame} topics");
}

/// <summary>All topics of the frame or none.</summary>
internal sealed class SubscribeFrame(TopicRules rules, FeedHub hub) : FrameHandler<TopicsData>
{
    private static readonly Problem TooMany = new(
        StatusCodes.Status409Conflict,
        GatewayCodes.TooManyTopics,
        $"A session listens to at most {GatewayLimits.MaxTopics} topics.",
        "topics",
        $"at most {GatewayLimits.MaxTopics}");

    public override string Type => "subscribe";

    public override bool InOrder => true;

    protected override async ValueTask<FrameReply> HandleAsync(GameSession session, string id, TopicsData data)
    {
        var topics = new List<Topic>();
        foreach (var name in data.Topics.Distinct(StringComparer.Ordinal))
        {
            var (topic, problem) = await rules.CheckAsync(session.Caller, name);
            if (topic is null)
            {
                return FrameReply.Refused(problem!);
            }

            if (!session.ListensTo(topic.Name))
            {
                topics.Add(topic);
            }
        }

        if (session.Topics.Count + topics.Count > GatewayLimits.MaxTopics)
        {
            return FrameReply.Refused(TooMany);
        }

        foreach (var topic in topics)
        {
            await hub.SubscribeAsync(session, topic);
        }

        return FrameReply.Of("subscribed", new { topics = session.Topics });
    }
}

internal sealed class UnsubscribeFrame(FeedHub hub) : FrameHandler<TopicsData>
{
    public override string Type => "unsubscribe";

    public override bool InOrder => true;

    protected override async ValueTask<FrameReply> HandleAsync(GameSession session, string id, TopicsData data)
    {
        foreach (var topic in data.Topics)
        {
            if (!TopicRules.IsOwn(session.Caller, topic) && topic != FeedTopics.Announcements)
            {
                await hub.UnsubscribeAsync(session, topic);
            }
        }

        return FrameReply.Of("unsubscribed", new { topics = session.Topics });
    }
}
