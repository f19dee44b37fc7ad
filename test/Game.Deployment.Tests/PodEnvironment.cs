namespace Game.Deployment.Tests;

/// <summary>The environment variables that a shard's overlay gives its silos, as a node would put them together.</summary>
internal static class PodEnvironment
{
    /// <param name="overlay">A shard's overlay.</param>
    /// <param name="address">The pod's address.</param>
    public static async Task<Dictionary<string, string>> OfAsync(string overlay, string address)
    {
        var manifests = await Overlay.ReadAsync(overlay);
        var maps = (await Overlay.ReadAsync("prod")).Concat(manifests)
            .Where(manifest => manifest.Kind == "ConfigMap").ToDictionary(map => map.Name, StringComparer.Ordinal);
        var container = Assert.Single(manifests.Single(manifest => manifest.Kind == "StatefulSet").Pod!.Items("spec", "containers"));
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in container.Items("envFrom").SelectMany(from => maps[from.Text("configMapRef", "name")!].Texts("data")))
        {
            environment[key] = value;
        }

        foreach (var variable in container.Items("env"))
        {
            environment[variable.Text("name")!] = variable.Text("value") ?? variable.Text("valueFrom", "fieldRef", "fieldPath") switch
            {
                "status.podIP" => address,
                var path => throw new InvalidOperationException($"{variable.Text("name")} is taken from {path}."),
            };
        }

        return environment;
    }
}
