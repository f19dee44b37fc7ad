using YamlDotNet.RepresentationModel;

namespace Game.Deployment.Tests;

/// <summary>One Kubernetes resource, or a part of one.</summary>
internal sealed class Manifest(YamlNode node)
{
    public string Kind => Text("kind") ?? throw new InvalidOperationException("A resource without a kind.");

    public string Name => Text("metadata", "name") ?? throw new InvalidOperationException($"A {Kind} without a name.");

    public override string ToString() => $"{Kind}/{Name}";

    /// <summary>What stands at a path of keys; null: nothing.</summary>
    public Manifest? At(params ReadOnlySpan<string> path)
    {
        var current = node;
        foreach (var key in path)
        {
            if (current is not YamlMappingNode map || !map.Children.TryGetValue(new YamlScalarNode(key), out var next))
            {
                return null;
            }

            current = next;
        }

        return new Manifest(current);
    }

    public string? Text(params ReadOnlySpan<string> path) => At(path)?.Scalar;

    public IReadOnlyList<Manifest> Items(params ReadOnlySpan<string> path) =>
        At(path)?.Node is YamlSequenceNode list ? [.. list.Children.Select(child => new Manifest(child))] : [];

    /// <summary>A map of texts.</summary>
    public IReadOnlyDictionary<string, string> Texts(params ReadOnlySpan<string> path) =>
        At(path)?.Node is YamlMappingNode map
            ? map.Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => (pair.Value as YamlScalarNode)?.Value ?? "", StringComparer.Ordinal)
            : new Dictionary<string, string>();

    /// <summary>Keys of a map, in order.</summary>
    public IReadOnlyList<string> Keys(params ReadOnlySpan<string> path) =>
        At(path)?.Node is YamlMappingNode map ? [.. map.Children.Keys.Select(key => ((YamlScalarNode)key).Value!)] : [];

    public static IReadOnlyList<Manifest> Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => new Manifest(document.RootNode))];
    }

    /// <summary>The pod that a workload makes; null for what makes none.</summary>
    public Manifest? Pod => Kind switch
    {
        "StatefulSet" or "Deployment" or "DaemonSet" or "Job" => At("spec", "template"),
        "CronJob" => At("spec", "jobTemplate", "spec", "template"),
        _ => null,
    };

    private YamlNode Node => node;

    private string? Scalar => (node as YamlScalarNode)?.Value;
}
