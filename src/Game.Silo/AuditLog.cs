using System.Text.Json;
using Game.Gateway;
using Game.Gateway.Http;

namespace Game.Silo;

/// <summary>What operators did at this process, a line of JSON each, in the data folder. Safe for concurrent use.</summary>
internal sealed class AuditLog(string file) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <exception cref="OperationUnavailableException">It cannot be written: what it is about must not be done.</exception>
    public async Task WriteAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read);
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(entry, GatewayJson.Options));
            stream.WriteByte((byte)'\n');
            stream.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperationUnavailableException($"The audit log cannot be written: {exception.Message}", exception);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The newest entries, newest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(int count, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            return [];
        }

        var newest = new Queue<string>();
        await foreach (var line in File.ReadLinesAsync(file, cancellationToken))
        {
            newest.Enqueue(line);
            if (newest.Count > count)
            {
                newest.Dequeue();
            }
        }

        // A process that was killed while it wrote leaves a line that is no entry.
        return [.. newest.Reverse().Select(Parse).OfType<AuditEntry>()];
    }

    public void Dispose() => _gate.Dispose();

    private static AuditEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditEntry>(line, GatewayJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
