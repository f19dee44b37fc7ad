using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.OpenApi;

namespace Game.Gateway.OpenApi;

/// <summary>The API's description: made once, from the routes themselves.</summary>
internal static class ApiDescription
{
    public const string Route = "/openapi/v1.json";
    private const string Document = "v1";
    private const string Bearer = "bearer";

    public static void Add(IServiceCollection services)
    {
        services.AddOpenApi(Document, options =>
        {
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "Orleans.Game",
                    Version = Document,
                    Description = "Players, guilds, guild wars over many shards, leaderboards. docs/api.md says what schemas cannot.",
                };
                document.Servers = [];
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" },
                };
                return Task.CompletedTask;
            });
            options.AddOperationTransformer(OperationDescription.DescribeAsync);
            options.AddSchemaTransformer(OperationDescription.DescribeNumberAsync);
        });
        services.TryAddSingleton<ApiDescriptionText>();
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(
            Route,
            async (ApiDescriptionText text, CancellationToken cancellationToken) =>
                Results.Bytes(await text.GetAsync(cancellationToken), "application/json"))
        .AllowAnonymous()
        .ExcludeFromDescription();

    internal static OpenApiSecurityRequirement SecurityRequirement(OpenApiDocument document) =>
        new() { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] };
}

/// <summary>The description as JSON; it never changes while the process runs, and making it is slow.</summary>
internal sealed class ApiDescriptionText(IServiceProvider services)
{
    private readonly Lazy<Task<byte[]>> _text = new(async () =>
    {
        var provider = services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1");
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        return Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1));
    });

    public Task<byte[]> GetAsync(CancellationToken cancellationToken) => _text.Value.WaitAsync(cancellationToken);
}
