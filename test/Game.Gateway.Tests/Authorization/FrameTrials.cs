namespace Game.Gateway.Tests.Authorization;

/// <summary>What a type of frame is answered with: a reply's type, or the code of an error.</summary>
public sealed record FrameTrial(
    string Type, Func<Scene, TestPlayerData> Data, string Stranger, string Rival, string Member, string Officer, string Leader)
{
    public bool NeedsWar { get; init; }

    public string Of(Persona persona) => persona switch
    {
        Persona.Rival => Rival,
        Persona.Member => Member,
        Persona.Officer => Officer,
        Persona.Leader => Leader,
        _ => Stranger,
    };
}

/// <summary>A frame's data, which may depend on who sends it.</summary>
public delegate object? TestPlayerData(Harness.TestPlayer sender);

/// <summary>At least one entry for every type of frame there is; a type without one fails the test.</summary>
internal static class FrameTrials
{
    private const string NotMember = "error not_member";

    public static IReadOnlyList<FrameTrial> All { get; } =
    [
        Same("ping", _ => _ => null, "pong"),
        Same("renew", _ => sender => new { accessToken = sender.AccessToken }, "renewed"),
        Same("renew", s => _ => new { accessToken = s.Target.AccessToken }, "error forbidden"),
        Same("renew", _ => _ => new { accessToken = "nonsense" }, "error token_invalid"),
        new("subscribe", s => _ => new { topics = new[] { $"guild:{s.Guild}" } }, NotMember, NotMember, "subscribed", "subscribed", "subscribed"),
        new("subscribe", s => _ => new { topics = new[] { $"chat:guild:{s.Guild}" } }, NotMember, NotMember, "subscribed", "subscribed", "subscribed"),
        Same("subscribe", s => _ => new { topics = new[] { $"player:{s.Target.Id}" } }, "error topic_unknown"),
        Same("subscribe", s => _ => new { topics = new[] { $"war:{s.War}", "chat:world", "chat:shard" } }, "subscribed") with { NeedsWar = true },
        Same("unsubscribe", s => _ => new { topics = new[] { $"guild:{s.Guild}" } }, "unsubscribed"),
        new("strike", s => _ => new { warId = s.War, power = 9 }, "error not_in_guild", "struck", "struck", "struck", "struck") { NeedsWar = true },
        Same("subscribe", s => _ => new { topics = new[] { $"chat:whisper:{s.Target.Id}" } }, "error topic_unknown"),
        Same("subscribe", _ => _ => new { topics = new[] { "announcements" } }, "error topic_unknown"),
        Same("chat", s => _ => new { channel = $"whisper:{s.Target.Id}", text = "hi" }, "said"),
        Same("chat", _ => sender => new { channel = $"whisper:{sender.Id}", text = "hi" }, "error target_is_self"),
        Same("chat", _ => _ => new { channel = "whisper:s02.01ARZ3NDEKTSV4RRFFQ69G5FAV", text = "hi" }, "error player_not_found"),
        Same("chat", _ => _ => new { channel = "whisper:s99.01ARZ3NDEKTSV4RRFFQ69G5FAV", text = "hi" }, "error player_not_found"),
        Same("subscribe", _ => _ => new { topics = new[] { "events" } }, "subscribed"),
        Same("boss.strike", _ => _ => new { eventId = "s01.01ARZ3NDEKTSV4RRFFQ69G5FAV", power = 9 }, "error event_not_found"),
        new("chat", s => _ => new { channel = $"guild:{s.Guild}", text = "hi" }, NotMember, NotMember, "said", "said", "said"),
    ];

    private static FrameTrial Same(string type, Func<Scene, TestPlayerData> data, string answer) =>
        new(type, data, answer, answer, answer, answer, answer);
}
