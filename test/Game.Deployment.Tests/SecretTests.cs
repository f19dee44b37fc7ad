using System.Text;

namespace Game.Deployment.Tests;

/// <summary>k8s/secrets, with a cluster that a script plays.</summary>
public sealed class SecretTests
{
    /// <summary>Stores what is applied, and shows it again as a cluster would; the rest is kubectl's own.</summary>
    private const string Cluster =
        """
        #!/usr/bin/env bash
        set -euo pipefail
        case " $* " in
          *" apply "*) cat > "$STATE" ;;
          *" get "*) key=$(sed -n 's/.*index .data "\([^"]*\)".*/\1/p' <<< "$*"); [ -e "$STATE" ] && sed -n "s/^  $key: //p" "$STATE" | tr -d '\n' ;;
          *) exec "$KUBECTL" "$@" ;;
        esac
        """;

    [Fact]
    public async Task TheScript_MakesEveryFileThatPodsRead_AndKeepsWhatIsThere()
    {
        Tool.Require("kubectl", "kubectl");
        var folder = Directory.CreateTempSubdirectory("game-secrets-");
        try
        {
            var kubectl = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(path => Path.Combine(path, "kubectl")).First(File.Exists);
            var played = Path.Combine(folder.FullName, "kubectl");
            await File.WriteAllTextAsync(played, Cluster, TestContext.Current.CancellationToken);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(played, (UnixFileMode)0b111_101_101);
            }

            var environment = new Dictionary<string, string>
            {
                ["PATH"] = $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}",
                ["STATE"] = Path.Combine(folder.FullName, "state"),
                ["KUBECTL"] = kubectl,
            };

            var first = await MakeAsync(environment);
            var files = (await PodEnvironment.OfAsync("prod-s01", "127.0.0.1")).Values.Where(value => value.StartsWith("/run/secrets/game/", StringComparison.Ordinal));
            Assert.All(files.Select(Path.GetFileName), name => Assert.Contains(name!, first.Keys));
            Assert.True(Convert.FromBase64String(first["signing.key"]).Length >= 32);
            Assert.True(first["operator.password"].Length >= 12);
            Assert.Contains("{shard}", first["postgres"], StringComparison.Ordinal);

            Assert.Equal(first, await MakeAsync(environment));
            var changed = await MakeAsync(environment, "--postgres", "Host=db;Database=game_{shard}");
            Assert.Equal("Host=db;Database=game_{shard}", changed["postgres"]);
            Assert.Equal(first["signing.key"], changed["signing.key"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Dictionary<string, string>> MakeAsync(Dictionary<string, string> environment, params string[] options)
    {
        var (code, output, error) = await Tool.RunAsync("bash", [Repository.PathOf("k8s/secrets"), "game", .. options], environment: environment);
        Assert.True(code == 0, error);
        var secret = Assert.Single(Manifest.Parse(await File.ReadAllTextAsync(environment["STATE"], TestContext.Current.CancellationToken)));
        var values = secret.Texts("data").ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetString(Convert.FromBase64String(pair.Value)));
        Assert.All(values.Values, value => Assert.DoesNotContain(value, output + error, StringComparison.Ordinal));
        return values;
    }
}
