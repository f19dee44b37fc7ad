namespace Game.Deployment.Tests;

/// <summary>compose.yaml: two shards of two silos, confined like the pods, with images that do not change by themselves.</summary>
public sealed class ComposeTests
{
    private static readonly Manifest Compose = Assert.Single(Manifest.Parse(File.ReadAllText(Repository.PathOf("compose.yaml"))));

    [Fact]
    public void EveryImage_IsPinned_AndEveryNeedIsThere()
    {
        var services = Compose.Keys("services");
        Assert.Equal(4, services.Count(name => name.StartsWith("silo-", StringComparison.Ordinal)));
        Assert.Superset(new HashSet<string> { "postgres", "rabbitmq", "kafka", "prometheus", "grafana" }, services.ToHashSet());
        foreach (var name in services)
        {
            var image = Value(name, "image")?.Text();
            Assert.True(image?.Contains(':', StringComparison.Ordinal) == true && !image.EndsWith(":latest", StringComparison.Ordinal), $"{name}: {image}");
            Assert.All(Value(name, "depends_on")?.Keys() ?? [], need => Assert.Contains(need, services));
        }
    }

    [Fact]
    public async Task Silos_AreSetAsThePodsAre()
    {
        var pod = await PodEnvironment.OfAsync("prod-s01", "127.0.0.1");
        var ofPodsAlone = new[] { "GAME__Cluster__AdvertisedAddress", "GAME__Gateway__ReadyDelaySeconds", "GAME__Gateway__TrustedProxies__0", "GAME__Gateway__Port", "GAME__Gateway__ManagementPort" };
        foreach (var name in Compose.Keys("services").Where(name => name.StartsWith("silo-", StringComparison.Ordinal)))
        {
            var environment = Compose.At("services", name, "environment")!;
            var settings = Merged(environment);
            Assert.Equal(pod.Keys.Except(ofPodsAlone).Order(StringComparer.Ordinal), settings.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(name.Split('-')[1], settings["GAME__Shards__0"]);
            Assert.All(
                settings.Where(setting => setting.Key != "GAME__Shards__0"), setting => Assert.Equal(pod[setting.Key], setting.Value));
            Assert.Equal("true", Value(name, "read_only")?.Text());
            Assert.Equal("150s", Value(name, "stop_grace_period")?.Text());
        }
    }

    /// <summary>A service's own value, or the one it takes over from what it is merged with.</summary>
    private static Manifest? Value(string service, string key) =>
        Compose.At("services", service, key) ?? Compose.At("services", service, "<<", key);

    private static Dictionary<string, string> Merged(Manifest map) => map.Texts("<<").Concat(map.Texts().Where(pair => pair.Key != "<<"))
        .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
}
