using Game.Gateway.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Game.Gateway.OpenApi;

/// <summary>Adds to each operation what its handler's signature does not tell: headers, sign-in and refusals.</summary>
internal static class OperationDescription
{
    private static readonly Dictionary<int, string> Refusals = new()
    {
        [StatusCodes.Status400BadRequest] = "A field, parameter or header is malformed or over its limit; it is named.",
        [StatusCodes.Status401Unauthorized] = "Not signed in, or wrong credentials.",
        [StatusCodes.Status403Forbidden] = "Not the caller's to do.",
        [StatusCodes.Status404NotFound] = "No such thing.",
        [StatusCodes.Status409Conflict] = "The state does not allow it, or the key was used for something else.",
        [StatusCodes.Status413PayloadTooLarge] = "The body is over 64 KiB.",
        [StatusCodes.Status415UnsupportedMediaType] = "The body is not application/json.",
        [StatusCodes.Status421MisdirectedRequest] = "The shard is not served here.",
        [StatusCodes.Status426UpgradeRequired] = "The route speaks WebSocket only.",
        [StatusCodes.Status429TooManyRequests] = "Too fast; see Retry-After.",
        [StatusCodes.Status500InternalServerError] = "Something failed; it has been logged.",
        [StatusCodes.Status503ServiceUnavailable] = "The outcome is unknown or the gateway is busy: ask again with the same key.",
    };

    public static async Task DescribeAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var signedIn = !metadata.OfType<IAllowAnonymous>().Any();
        var write = context.Description.HttpMethod != HttpMethods.Get;
        var body = metadata.OfType<IAcceptsMetadata>().Any();
        var session = context.Description.RelativePath == "v1/session";
        if (signedIn)
        {
            operation.Security = [ApiDescription.SecurityRequirement(context.Document!)];
        }

        if (metadata.OfType<IdempotencyKeyMetadata>().FirstOrDefault() is { } key)
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = IdempotencyKey.Header,
                In = ParameterLocation.Header,
                Required = key.Required,
                Description = "The same key again gives the first answer and changes nothing.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[A-Za-z0-9._:-]{1,64}$" },
            });
        }

        var schema = await context.GetOrCreateSchemaAsync(typeof(ProblemBody), null, cancellationToken);
        context.Document!.AddComponent("Problem", schema);
        foreach (var (status, description) in Refusals)
        {
            var applies = status switch
            {
                StatusCodes.Status409Conflict => write,
                StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType => body,
                StatusCodes.Status426UpgradeRequired => session,
                _ => true,
            };
            if (applies)
            {
                (operation.Responses ??= []).Add(
                    status.ToString(System.Globalization.CultureInfo.InvariantCulture), Refusal(description, context.Document!));
            }
        }
    }

    /// <summary>A number of the query is bound by hand, so its schema is told by hand.</summary>
    public static Task DescribeNumberAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(QueryNumber) || context.JsonTypeInfo.Type == typeof(QueryNumber?))
        {
            schema.Type = JsonSchemaType.Integer;
            schema.Format = "int64";
            schema.Properties?.Clear();
            schema.Required?.Clear();
        }

        return Task.CompletedTask;
    }

    private static OpenApiResponse Refusal(string description, OpenApiDocument document) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [ProblemBody.ContentType] = new() { Schema = new OpenApiSchemaReference("Problem", document) },
        },
    };
}
