using System.Net;
using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Http;

/// <summary>Lists are read page by page.</summary>
public sealed class PagingTests(GatewayFixture fixture)
{
    [Fact]
    public async Task Pages_TogetherAreTheList_AlsoWhenItGrowsInBetween()
    {
        var player = await fixture.Gateway.RegisterAsync();
        var channel = $"guild:{await player.FoundAsync()}";
        for (var i = 1; i <= 7; i++)
        {
            await SayAsync(player, channel, $"{i}");
        }

        var texts = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await player.GetAsync($"/v1/chat/{channel}?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}")).Expect(HttpStatusCode.OK);
            texts.AddRange(page.Body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("text").GetString()!));
            cursor = page.Body.GetProperty("nextCursor").GetString();
            await SayAsync(player, channel, "later");
        }
        while (cursor is not null);

        Assert.Equal(["7", "6", "5", "4", "3", "2", "1"], texts);
    }

    [Fact]
    public async Task Cursor_OfAnotherList_IsRefused()
    {
        var player = await fixture.Gateway.RegisterAsync();
        var guild = await player.FoundAsync();
        await SayAsync(player, $"guild:{guild}", "1");
        await SayAsync(player, $"guild:{guild}", "2");
        var cursor = (await player.GetAsync($"/v1/chat/guild:{guild}?limit=1")).Text("nextCursor");
        foreach (var wrong in new[] { $"/v1/guilds/{guild}/audit?cursor={cursor}", $"/v1/chat/shard?cursor={cursor}", "/v1/notifications?cursor=nonsense", "/v1/guilds?cursor=" })
        {
            Assert.Equal("cursor", (await player.GetAsync(wrong)).Refused(HttpStatusCode.BadRequest, "invalid_cursor").Text("field"));
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("99999999999999999999")]
    public async Task PageSize_OutOfRange_IsRefusedByName(string limit)
    {
        var player = await fixture.Gateway.RegisterAsync();
        var answer = await player.GetAsync($"/v1/notifications?limit={limit}");
        answer.Expect(HttpStatusCode.BadRequest);
        Assert.Equal("limit", answer.Text("field"));
        Assert.Contains("100", answer.Text("limit"));
    }

    private static async Task SayAsync(TestPlayer player, string channel, string text) =>
        (await player.PostAsync($"/v1/chat/{channel}", new { text })).Expect(HttpStatusCode.Created);
}
