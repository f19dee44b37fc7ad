using System.Globalization;
using System.Text.RegularExpressions;

namespace Game.Deployment.Tests;

/// <summary>What holds for everything that is sent to a Kubernetes cluster.</summary>
public sealed partial class OverlayTests
{
    public static TheoryData<string> Overlays => [.. Overlay.All];

    public static TheoryData<string> Shards => [.. Overlay.Shards];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task EveryManifest_IsValid(string overlay)
    {
        var validate = Environment.GetEnvironmentVariable("KUBERNETES_VALIDATE")
            ?? Path.GetFullPath(Repository.PathOf("../shared/kubernetes/validate"));
        Assert.SkipUnless(File.Exists(validate), "No schemas of Kubernetes: KUBERNETES_VALIDATE names a program that checks manifests of its standard input.");
        var (code, output, error) = await Tool.RunAsync(validate, ["-"], await Overlay.RenderAsync(overlay));
        Assert.True(code == 0, output + error);
        Assert.DoesNotContain("Valid: 0", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task EveryPod_IsConfined_AndItsImagePinned(string overlay)
    {
        foreach (var workload in (await Overlay.ReadAsync(overlay)).Where(manifest => manifest.Pod is not null))
        {
            var pod = workload.Pod!.At("spec")!;
            Assert.True(pod.Text("securityContext", "runAsNonRoot") == "true", $"{workload}: may run as root");
            Assert.True(int.Parse(pod.Text("securityContext", "runAsUser")!, CultureInfo.InvariantCulture) > 0, $"{workload}: is root");
            Assert.Equal("RuntimeDefault", pod.Text("securityContext", "seccompProfile", "type"));
            Assert.True(pod.Text("automountServiceAccountToken") == "false", $"{workload}: has a token of the API");
            foreach (var container in pod.Items("containers").Concat(pod.Items("initContainers")))
            {
                var what = $"{workload}, container {container.Text("name")}";
                Assert.True(Pinned().IsMatch(container.Text("image")!), $"{what}: {container.Text("image")} is not pinned");
                Assert.True(container.Text("securityContext", "readOnlyRootFilesystem") == "true", $"{what}: writes to its root");
                Assert.True(container.Text("securityContext", "allowPrivilegeEscalation") == "false", $"{what}: may become more");
                Assert.Equal("ALL", Assert.Single(container.Items("securityContext", "capabilities", "drop")).Text());
                foreach (var resource in (string[])["cpu", "memory"])
                {
                    Assert.True(container.Text("resources", "requests", resource) is not null, $"{what}: requests no {resource}");
                    Assert.True(container.Text("resources", "limits", resource) is not null, $"{what}: has no limit of {resource}");
                }

                if (workload.Kind == "StatefulSet")
                {
                    Assert.All(
                        (string[])["startupProbe", "livenessProbe", "readinessProbe"],
                        probe => Assert.True(container.At(probe) is not null, $"{what}: has no {probe}"));
                }
            }
        }
    }

    /// <summary>Every volume that a container mounts is there, and so is every ConfigMap that comes with the overlay.</summary>
    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task EveryReference_LeadsSomewhere(string overlay)
    {
        var manifests = await Overlay.ReadAsync(overlay);
        var game = await Overlay.ReadAsync("prod");
        var maps = manifests.Concat(game).Where(manifest => manifest.Kind == "ConfigMap").Select(map => map.Name).ToHashSet(StringComparer.Ordinal);
        var accounts = manifests.Where(manifest => manifest.Kind == "ServiceAccount").Select(account => account.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var workload in manifests.Where(manifest => manifest.Pod is not null))
        {
            var pod = workload.Pod!.At("spec")!;
            var volumes = pod.Items("volumes").Concat(workload.Items("spec", "volumeClaimTemplates").Select(claim => claim.At("metadata")!))
                .Select(volume => volume.Text("name")!).ToList();
            foreach (var container in pod.Items("containers"))
            {
                Assert.All(container.Items("volumeMounts"), mount => Assert.Contains(mount.Text("name")!, volumes));
                Assert.All(container.Items("envFrom"), from => Assert.Contains(from.Text("configMapRef", "name")!, maps));
            }

            Assert.All(
                pod.Items("volumes").Select(volume => volume.Text("configMap", "name")).OfType<string>(), map => Assert.Contains(map, maps));
            Assert.True(pod.Text("serviceAccountName") is not { } account || accounts.Contains(account), $"{workload}: no such account");
        }

        foreach (var scaler in manifests.Where(manifest => manifest.Kind == "HorizontalPodAutoscaler"))
        {
            Assert.Contains(manifests, manifest => $"{manifest}" == $"StatefulSet/{scaler.Text("spec", "scaleTargetRef", "name")}");
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task NoSecret_StandsInAManifest(string overlay)
    {
        var manifests = await Overlay.ReadAsync(overlay);
        Assert.DoesNotContain(manifests, manifest => manifest.Kind == "Secret");
        foreach (var (key, value) in manifests.Where(manifest => manifest.Kind == "ConfigMap").SelectMany(map => map.Texts("data")))
        {
            Assert.False(SecretSetting().IsMatch(key), $"{key} is a secret: name a file of the Secret instead.");

            // The commented profile names the settings; what it must not hold is an address with a password.
            Assert.False(
                key.StartsWith("GAME__", StringComparison.Ordinal) && SecretValue().IsMatch(value), $"{key} holds a password.");
        }
    }

    [Theory]
    [MemberData(nameof(Shards))]
    public async Task AShard_IsGuardedScaledSpreadAndDrained(string overlay)
    {
        var manifests = await Overlay.ReadAsync(overlay);
        var silo = Assert.Single(manifests, manifest => manifest.Kind == "StatefulSet");
        var labels = silo.Texts("spec", "template", "metadata", "labels");
        foreach (var kind in (string[])["PodDisruptionBudget", "Service", "NetworkPolicy"])
        {
            foreach (var manifest in manifests.Where(manifest => manifest.Kind == kind))
            {
                var selector = kind switch
                {
                    "Service" => manifest.Texts("spec", "selector"),
                    "NetworkPolicy" => manifest.Texts("spec", "podSelector", "matchLabels"),
                    _ => manifest.Texts("spec", "selector", "matchLabels"),
                };
                Assert.True(selector.Count > 0 && selector.All(labels.Contains), $"{manifest} does not select the silos");
                Assert.True(selector.ContainsKey("game/shard"), $"{manifest} selects silos of other shards too");
            }
        }

        Assert.Equal("1", Assert.Single(manifests, manifest => manifest.Kind == "PodDisruptionBudget").Text("spec", "maxUnavailable"));
        Assert.Single(manifests, manifest => manifest.Kind == "HorizontalPodAutoscaler");
        Assert.Null(silo.Text("spec", "replicas"));
        var spread = silo.Items("spec", "template", "spec", "topologySpreadConstraints");
        Assert.Contains(spread, constraint => constraint.Text("topologyKey") == "kubernetes.io/hostname");
        Assert.All(spread, constraint => Assert.All(constraint.Texts("labelSelector", "matchLabels"), label => Assert.Contains(label, labels)));
    }

    /// <summary>The silo gets more time to end than it takes at most: ready delay, drain, 120 s for its grains.</summary>
    [Theory]
    [MemberData(nameof(Shards))]
    public async Task AShard_HasTheTimeToEnd(string overlay)
    {
        const int Drain = 10;
        const int SiloShutdown = 120;
        var manifests = await Overlay.ReadAsync(overlay);
        var silo = manifests.Single(manifest => manifest.Kind == "StatefulSet");
        var settings = await PodEnvironment.OfAsync(overlay, "127.0.0.1");
        var delay = int.Parse(settings["GAME__Gateway__ReadyDelaySeconds"], CultureInfo.InvariantCulture);
        var grace = int.Parse(silo.Text("spec", "template", "spec", "terminationGracePeriodSeconds")!, CultureInfo.InvariantCulture);
        Assert.True(grace > delay + Drain + SiloShutdown, $"{grace} s");

        // Nobody sends it anything new once two probes have seen that it is not ready.
        var probe = silo.Items("spec", "template", "spec", "containers")[0].At("readinessProbe")!;
        Assert.True(int.Parse(probe.Text("periodSeconds")!, CultureInfo.InvariantCulture) <= delay);
    }

    [GeneratedRegex(@"^[a-z0-9./-]+(:(?!latest$)[A-Za-z0-9._-]+(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$")]
    private static partial Regex Pinned();

    [GeneratedRegex("__(Password|Key|ConnectionString|Uri)$")]
    private static partial Regex SecretSetting();

    [GeneratedRegex("[Pp]assword=|//[^/ ]+:[^/ ]+@")]
    private static partial Regex SecretValue();
}
