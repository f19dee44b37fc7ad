namespace Game.Cli.Run;

/// <summary>The shards of one process, and its folder in the data folder; null: the data folder itself.</summary>
internal sealed record Part(IReadOnlyList<string> Shards, string? Folder)
{
    /// <summary>Ranges of nearly the same length.</summary>
    /// <param name="shards">At least <paramref name="processes"/>.</param>
    /// <param name="processes">1 or more.</param>
    public static IReadOnlyList<Part> Split(int shards, int processes)
    {
        var parts = new List<Part>();
        for (var i = 0; i < processes; i++)
        {
            var (first, next) = (i * shards / processes, (i + 1) * shards / processes);
            IReadOnlyList<string> names = [.. Enumerable.Range(first + 1, next - first).Select(number => $"s{number:00}")];
            parts.Add(new Part(names, processes == 1 ? null : $"{names[0]}-{names[^1]}"));
        }

        return parts;
    }

    /// <summary>A shard whose store lies in another process's folder would begin anew.</summary>
    /// <exception cref="InvalidOperationException">The data folder holds shards of these parts elsewhere; the message says where.</exception>
    public static void ThrowIfSplitOtherwise(string data, IReadOnlyList<Part> parts)
    {
        if (!Directory.Exists(data))
        {
            return;
        }

        foreach (var store in Directory.EnumerateFiles(data, "events.db", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }))
        {
            var shard = Path.GetDirectoryName(store)!;
            var part = parts.FirstOrDefault(part => part.Shards.Contains(Path.GetFileName(shard)));
            if (part is not null && Path.GetRelativePath(data, shard) != Path.Combine(part.Folder ?? "", Path.GetFileName(shard)))
            {
                throw new InvalidOperationException(
                    $"{data} was made by another number of processes: shard {Path.GetFileName(shard)} is in {Path.GetRelativePath(data, shard)}. Give the same --shards and --processes, or another --data.");
            }
        }
    }
}
