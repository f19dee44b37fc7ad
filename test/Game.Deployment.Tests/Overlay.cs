using System.Collections.Concurrent;

namespace Game.Deployment.Tests;

/// <summary>The overlays of k8s/, rendered as <c>kubectl apply -k</c> would send them.</summary>
internal static class Overlay
{
    private static readonly ConcurrentDictionary<string, Task<string>> Rendered = new(StringComparer.Ordinal);

    public static string Folder { get; } = Repository.PathOf("k8s/overlays");

    /// <summary>Every overlay that can be applied on its own; a folder of an overlay's own parts is rendered with it.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.GetDirectories(Folder).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal),
    ];

    /// <summary>Those that are one shard each.</summary>
    public static IReadOnlyList<string> Shards { get; } = [.. All.Where(name => name is not ("dev" or "prod"))];

    public static async Task<IReadOnlyList<Manifest>> ReadAsync(string name) => Manifest.Parse(await RenderAsync(name));

    public static Task<string> RenderAsync(string name) => Rendered.GetOrAdd(name, async overlay => await RenderFolderAsync(Path.Combine(Folder, overlay)));

    public static async Task<string> RenderFolderAsync(string folder)
    {
        Tool.Require("kubectl", "kubectl");
        var (code, output, error) = await Tool.RunAsync("kubectl", ["kustomize", folder]);
        if (error.Contains("unknown field \"labels\"", StringComparison.Ordinal))
        {
            Tool.Missing("kubectl is too old: its kustomize must be 5 or newer (Debian 13: apt-get install kubectl).");
        }

        Assert.True(code == 0 && error.Length == 0, $"{folder}: {error}");
        return output;
    }
}
