using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Game.Client;

namespace Game.Cli.Run;

/// <summary>Lists, shows, replays and discards dead letters over the management port, with the operator's login of the environment.</summary>
internal static class DeadLettersCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="action"><c>list</c>, <c>show</c>, <c>replay</c> or <c>discard</c>.</param>
    /// <param name="management">Where the management port is.</param>
    /// <param name="queue">The queue, or the topic; null with <c>list</c>: every one that has dead letters.</param>
    /// <param name="id">The letter; only <c>list</c> goes without.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>0; 1 if there is no such letter or the port does not answer as it should.</returns>
    public static async Task<int> RunAsync(string action, Uri management, string? queue, long? id, CancellationToken cancellationToken)
    {
        using var http = OperatorClient.Create(management);
        try
        {
            if (action == "list")
            {
                foreach (var name in queue is null ? await FindQueuesAsync(http, cancellationToken) : [queue])
                {
                    var letters = await http.GetFromJsonAsync<JsonElement>($"/ops/dead-letters?queue={Uri.EscapeDataString(name)}", cancellationToken);
                    foreach (var letter in letters.EnumerateArray())
                    {
                        Console.WriteLine(
                            $"{name}\t{letter.GetProperty("id")}\t{letter.GetProperty("at")}\t{letter.GetProperty("messageId")}\t{letter.GetProperty("type")}\t{letter.GetProperty("reason")}");
                    }
                }

                return 0;
            }

            if (action == "show")
            {
                using var shown = await http.GetAsync($"/ops/dead-letters/{id}?queue={Uri.EscapeDataString(queue!)}", cancellationToken);
                if (!shown.IsSuccessStatusCode)
                {
                    return await ComplainAsync(shown, cancellationToken);
                }

                Console.WriteLine(JsonSerializer.Serialize(await shown.Content.ReadFromJsonAsync<JsonElement>(cancellationToken), Indented));
                return 0;
            }

            using var done = await http.PostAsJsonAsync($"/ops/dead-letters/{action}", new { queue, id }, cancellationToken);
            if (done.StatusCode != HttpStatusCode.NoContent)
            {
                return await ComplainAsync(done, cancellationToken);
            }

            Console.WriteLine($"{action}: {queue} {id}: done");
            return 0;
        }
        catch (HttpRequestException exception)
        {
            await Console.Error.WriteLineAsync($"{management}: {exception.Message}");
            return 1;
        }
    }

    /// <summary>Those that have dead letters, and topics whose count is not known at the moment: to leave them out would say that they have none.</summary>
    private static async Task<IReadOnlyList<string>> FindQueuesAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var status = await http.GetFromJsonAsync<JsonElement>("/ops/status", cancellationToken);
        return
        [
            .. status.GetProperty("shards").EnumerateArray()
                .SelectMany(shard => shard.GetProperty("queues").EnumerateArray())
                .Where(queue => queue.GetProperty("deadLetters").GetInt64() > 0)
                .Select(queue => queue.GetProperty("queue").GetString()!),
            .. status.GetProperty("topics").EnumerateArray()
                .Where(topic => topic.GetProperty("deadLetters") is not { ValueKind: JsonValueKind.Number } letters || letters.GetInt64() > 0)
                .Select(topic => topic.GetProperty("topic").GetString()!),
        ];
    }

    private static async Task<int> ComplainAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        return 1;
    }
}
