namespace Game.Deployment.Tests;

/// <summary>A new shard is one file, and changes nothing that runs already.</summary>
public sealed class NewShardTests
{
    /// <summary>What docs/deployment.md says to do, in a copy of the repository's manifests.</summary>
    [Fact]
    public async Task ACopyOfTheTemplate_IsAWholeShard_AndTouchesNoOther()
    {
        var copy = Directory.CreateTempSubdirectory("game-manifests-");
        try
        {
            foreach (var file in new[] { "k8s", "silo-config" }.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*", SearchOption.AllDirectories)))
            {
                var target = Path.Combine(copy.FullName, Path.GetRelativePath(Repository.Root, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }

            var template = Path.Combine(copy.FullName, "k8s", "overlays", "shard-template", "kustomization.yaml");
            var folder = Directory.CreateDirectory(Path.Combine(copy.FullName, "k8s", "overlays", "prod-s03")).FullName;
            await File.WriteAllTextAsync(
                Path.Combine(folder, "kustomization.yaml"),
                (await File.ReadAllTextAsync(template, TestContext.Current.CancellationToken)).Replace("s99", "s03", StringComparison.Ordinal),
                TestContext.Current.CancellationToken);

            var added = Manifest.Parse(await Overlay.RenderFolderAsync(folder));
            Assert.All(added, manifest => Assert.True(
                manifest.Name.EndsWith("-s03", StringComparison.Ordinal) || manifest.Name.Contains("-s03-", StringComparison.Ordinal),
                $"{manifest} is not named for the shard"));
            Assert.All(added, manifest => Assert.Equal("s03", manifest.Text("metadata", "labels", "game/shard")));
            Assert.Equal("s03", added.First(manifest => manifest.Kind == "ConfigMap" && manifest.Name.StartsWith("silo-s03", StringComparison.Ordinal)).Text("data", "GAME__Shards__0"));

            foreach (var other in Overlay.All)
            {
                var before = await Overlay.RenderAsync(other);
                Assert.Equal(before, await Overlay.RenderFolderAsync(Path.Combine(copy.FullName, "k8s", "overlays", other)));
                if (other != "shard-template")
                {
                    Assert.Empty(Manifest.Parse(before).Select(manifest => $"{manifest}").Intersect(added.Select(manifest => $"{manifest}")));
                }
            }
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }
}
