using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Game.Client;

namespace Game.Cli.Run;

/// <summary>
/// Lists the generations of the analytics, computes one again, switches over and retires, over the management port, with the operator's
/// login of the environment.
/// </summary>
internal sealed class AnalyticsCommand(Uri management, TextWriter output, TextWriter complaints)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <param name="action"><c>list</c>, <c>recompute</c>, <c>switch</c> or <c>retire</c>.</param>
    /// <param name="from">Of <c>recompute</c>: from when on.</param>
    /// <param name="switches">Of <c>recompute</c>: whether it is switched over to when it is complete.</param>
    /// <param name="generation">Of <c>switch</c>, null: the newest that is complete; of <c>retire</c>.</param>
    /// <param name="cancellationToken">Ends the waiting; what was begun goes on.</param>
    /// <returns>0; 1 if it is refused, given up, or the port does not answer as it should.</returns>
    public async Task<int> RunAsync(string action, string? from, bool switches, int? generation, CancellationToken cancellationToken)
    {
        using var http = OperatorClient.Create(management);
        try
        {
            // First of all, so that a wrong address is told at once.
            var shards = await ReadAsync(http, cancellationToken);
            switch (action)
            {
                case "list":
                    foreach (var shard in shards)
                    {
                        await ListAsync(shard);
                    }

                    return 0;
                case "recompute":
                    return await PostAsync(http, "recompute", new { from, after = shards.Max(HighestOf) }, cancellationToken) is { } begun
                        ? await FollowAsync(http, begun.GetProperty("generation").GetInt32(), switches, cancellationToken)
                        : 1;
                case "switch":
                    return await SwitchAsync(http, generation ?? NewestOf(shards), cancellationToken);
                default:
                    if (await PostAsync(http, action, new { generation }, cancellationToken) is null)
                    {
                        return 1;
                    }

                    await output.WriteLineAsync($"generation {generation}: retired");
                    return 0;
            }
        }
        catch (HttpRequestException exception)
        {
            await complaints.WriteLineAsync($"{management}: {exception.Message}");
            return 1;
        }
    }

    private async Task<int> SwitchAsync(HttpClient http, int generation, CancellationToken cancellationToken)
    {
        if (await PostAsync(http, "switch", new { generation }, cancellationToken) is null)
        {
            return 1;
        }

        await output.WriteLineAsync($"generation {generation}: shown");
        return 0;
    }

    /// <summary>Waits until it is complete on every shard. A world that is away for a moment is waited for.</summary>
    private async Task<int> FollowAsync(HttpClient http, int generation, bool switches, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"generation {generation}: being computed");
        var retry = new Retry(Patience);
        string? last = null;
        while (true)
        {
            try
            {
                var shards = await ReadAsync(http, cancellationToken);
                var found = shards.Select(shard => Find(shard, generation)).ToList();
                if (found.Find(view => PhaseOf(view) == "retired") is { ValueKind: JsonValueKind.Object } retired)
                {
                    await complaints.WriteLineAsync($"generation {generation}: retired: {retired.GetProperty("reason").GetString() ?? "as asked"}");
                    return 1;
                }

                if (found.TrueForAll(view => PhaseOf(view) == "live"))
                {
                    await output.WriteLineAsync($"generation {generation}: complete");
                    return switches ? await SwitchAsync(http, generation, cancellationToken) : 0;
                }

                var progress = string.Join("; ", shards.Select(shard => ProgressOf(shard, null)).Where(line => line.Length > 0));
                if (progress != last)
                {
                    await output.WriteLineAsync(progress);
                    last = progress;
                }

                retry = new Retry(Patience);
                await Task.Delay(BetweenLooks, cancellationToken);
            }
            catch (Exception exception) when (OperatorClient.IsAway(exception, cancellationToken))
            {
                if (!await retry.WaitAsync(null, cancellationToken))
                {
                    throw new HttpRequestException($"no answer for {Patience.TotalSeconds} s; what was begun goes on", exception);
                }
            }
        }
    }

    private async Task ListAsync(JsonElement shard)
    {
        foreach (var view in GenerationsOf(shard))
        {
            var number = view.GetProperty("number").GetInt32();
            var from = view.GetProperty("from").GetString();
            string[] fields =
            [
                shard.GetProperty("shard").GetString()!,
                number.ToString(CultureInfo.InvariantCulture),
                PhaseOf(view),
                number == shard.GetProperty("shown").GetInt32() ? "shown" : "",
                from is null ? "everything" : $"from {from[..10]}, before that {view.GetProperty("base").GetInt32()}",
                view.GetProperty("reason").GetString() ?? ProgressOf(shard, number),
            ];
            await output.WriteLineAsync(string.Join('\t', fields));
        }
    }

    private static string ProgressOf(JsonElement shard, int? generation)
    {
        if (shard.GetProperty("recompute") is not { ValueKind: JsonValueKind.Object } recompute
            || (generation is { } number && recompute.GetProperty("generation").GetInt32() != number))
        {
            return "";
        }

        var left = recompute.GetProperty("left") is { ValueKind: JsonValueKind.Number } records ? $"{records.GetInt64()} records left" : "beginning";
        var trouble = recompute.GetProperty("trouble").GetString();
        return $"{shard.GetProperty("shard").GetString()}: {left}{(trouble is null ? "" : $", held up: {trouble}")}";
    }

    private static IEnumerable<JsonElement> GenerationsOf(JsonElement shard) => shard.GetProperty("generations").EnumerateArray();

    private static JsonElement Find(JsonElement shard, int generation) => GenerationsOf(shard)
        .FirstOrDefault(view => view.GetProperty("number").GetInt32() == generation);

    private static string PhaseOf(JsonElement view) => view.ValueKind == JsonValueKind.Object ? view.GetProperty("phase").GetString()! : "";

    private static int HighestOf(JsonElement shard) =>
        GenerationsOf(shard).Max(view => view.GetProperty("number").GetInt32());

    private static int NewestOf(IReadOnlyList<JsonElement> shards) => shards
        .SelectMany(GenerationsOf)
        .Where(view => PhaseOf(view) == "live")
        .Max(view => view.GetProperty("number").GetInt32());

    private static async Task<IReadOnlyList<JsonElement>> ReadAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var answer = await http.GetFromJsonAsync<JsonElement>("/ops/analytics/generations", cancellationToken);
        return [.. answer.GetProperty("shards").EnumerateArray()];
    }

    /// <summary>Asked for twice, whatever it is, it is done once: so a world that went away in the middle of it is asked again.</summary>
    /// <returns>Null: it was refused.</returns>
    private async Task<JsonElement?> PostAsync(HttpClient http, string what, object body, CancellationToken cancellationToken)
    {
        var retry = new Retry(Patience);
        while (true)
        {
            try
            {
                using var done = await http.PostAsJsonAsync($"/ops/analytics/{what}", body, cancellationToken);
                if (done.IsSuccessStatusCode)
                {
                    return await done.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                }

                if (done.StatusCode != HttpStatusCode.ServiceUnavailable || !await retry.WaitAsync(null, cancellationToken))
                {
                    await complaints.WriteLineAsync($"{(int)done.StatusCode}: {await done.Content.ReadAsStringAsync(cancellationToken)}");
                    return null;
                }
            }
            catch (Exception exception) when (OperatorClient.IsAway(exception, cancellationToken))
            {
                if (!await retry.WaitAsync(null, cancellationToken))
                {
                    throw new HttpRequestException($"no answer for {Patience.TotalSeconds} s", exception);
                }
            }
        }
    }
}
