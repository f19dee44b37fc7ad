using System.Text.Json;
using Game.Gateway.Tests.Harness;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace Game.Gateway.Tests.OpenApi;

/// <summary>The served description is the whole API, and nothing but it.</summary>
public sealed class ApiDescriptionTests(GatewayFixture fixture)
{
    [Fact]
    public async Task Description_ListsEveryRoute_WithItsHeadersAndRefusals()
    {
        var document = JsonSerializer.Deserialize<JsonElement>(
            await fixture.Gateway.Http.GetByteArrayAsync("/openapi/v1.json", TestContext.Current.CancellationToken));
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Name: $"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value)))
            .ToDictionary(operation => operation.Name, operation => operation.Value);
        var routes = fixture.Gateway.Routes
            .Where(route => route.RoutePattern.RawText!.TrimStart('/').StartsWith("v1/", StringComparison.Ordinal))
            .SelectMany(route => route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
                .Select(method => (Name: $"{method} /{route.RoutePattern.RawText!.Trim('/')}", Route: route)))
            .ToDictionary(route => route.Name, route => route.Route);
        Assert.Equal(routes.Keys.Order(StringComparer.Ordinal), described.Keys.Order(StringComparer.Ordinal));

        foreach (var (name, route) in routes)
        {
            var operation = described[name];
            var anonymous = route.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            Assert.True(anonymous != operation.TryGetProperty("security", out _), name);
            var responses = operation.GetProperty("responses");
            Assert.True(responses.TryGetProperty("400", out _) && responses.TryGetProperty("429", out _), name);
            Assert.True(responses.EnumerateObject().Any(response => response.Name is "200" or "201" or "202" or "204" or "101"), $"{name}: {responses}");
            if (name.StartsWith("POST", StringComparison.Ordinal) && !anonymous && !name.EndsWith("/logout", StringComparison.Ordinal))
            {
                Assert.True(
                    operation.TryGetProperty("parameters", out var parameters)
                        && parameters.EnumerateArray().Any(parameter => parameter.GetProperty("name").GetString() == "Idempotency-Key"),
                    $"{name} is described without Idempotency-Key.");
            }
        }
    }
}
