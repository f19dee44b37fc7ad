using System.Buffers;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Game.Gateway.Http;

/// <summary>A request's JSON body, read under the gateway's limits.</summary>
internal sealed class JsonBody<T> : IInput, IEndpointParameterMetadataProvider
    where T : class, IRequestBody
{
    private readonly T? _value;

    private JsonBody(Problem? problem, T? value)
    {
        Problem = problem;
        _value = value;
    }

    public Problem? Problem { get; }

    /// <exception cref="InvalidOperationException">There is a <see cref="Problem"/> instead.</exception>
    public T Value => _value ?? throw new InvalidOperationException("The body was refused.");

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));

    public static async ValueTask<JsonBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var request = context.Request;
        if (!IsJson(request))
        {
            return new JsonBody<T>(
                new Problem(
                    StatusCodes.Status415UnsupportedMediaType,
                    GatewayCodes.UnsupportedMediaType,
                    "Bodies are application/json in UTF-8, without Content-Encoding."),
                null);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(GatewayLimits.MaxBodyBytes + 1);
        try
        {
            var length = 0;
            int read;
            while (length <= GatewayLimits.MaxBodyBytes
                && (read = await request.Body.ReadAsync(
                    buffer.AsMemory(length, GatewayLimits.MaxBodyBytes + 1 - length), context.RequestAborted)) > 0)
            {
                length += read;
            }

            if (length > GatewayLimits.MaxBodyBytes)
            {
                return new JsonBody<T>(Failures.BodyTooLarge(), null);
            }

            var problem = JsonInput.Read<T>(buffer.AsSpan(0, length), out var value);
            return new JsonBody<T>(problem, value);
        }
        catch (BadHttpRequestException exception)
        {
            return new JsonBody<T>(Failures.ToProblem(exception), null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || Encoding.UTF8.WebName.Equals(type.Charset.Value.Trim('"'), StringComparison.OrdinalIgnoreCase))
        && request.Headers.ContentEncoding.Count == 0;
}
