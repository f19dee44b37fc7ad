using System.Net;
using System.Text.Json;

namespace Game.Gateway.Tests.Harness;

/// <summary>An HTTP answer, read whole.</summary>
public sealed record Answer(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)
{
    /// <summary>The problem's code.</summary>
    public string Code => Body.GetProperty("code").GetString()!;

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsByteArrayAsync();
        var body = text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
        return new Answer(response.StatusCode, body, response);
    }

    public Answer Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Body}");
        return this;
    }

    /// <summary>Refused in this way, as problem details that name it.</summary>
    public Answer Refused(HttpStatusCode status, string code)
    {
        Expect(status);
        Assert.Equal("application/problem+json", Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, Code);
        Assert.Equal((int)status, Body.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(Body.GetProperty("title").GetString()));
        Assert.False(string.IsNullOrEmpty(Body.GetProperty("detail").GetString()));
        Assert.False(string.IsNullOrEmpty(Body.GetProperty("traceId").GetString()));
        Assert.EndsWith(code, Body.GetProperty("type").GetString());
        return this;
    }

    public string Text(string property) => Body.GetProperty(property).GetString()!;
}
