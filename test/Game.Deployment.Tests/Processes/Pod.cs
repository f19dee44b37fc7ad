using System.Net;
using System.Security.Cryptography;
using Game.Cli.Run;

namespace Game.Deployment.Tests.Processes;

/// <summary>
/// A silo process with the environment, the arguments and the files that the manifests of a shard give its pods. The pod's
/// address is one of loopback that is its own, so that its ports can be the manifests' too; what the manifests mount is in a
/// temporary folder.
/// </summary>
internal sealed class Pod : IDisposable
{
    private const string Mount = "/run/secrets/game";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("game-pod-");
    private readonly Queue<string> _said = new();
    private SiloProcess? _process;

    private Pod(string overlay, string address) => (Overlay, Address) = (overlay, address);

    public string Overlay { get; }

    public string Address { get; }

    /// <summary>The manifests', with this machine's paths and addresses.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public SiloProcess Process => _process ?? throw new InvalidOperationException("Not started.");

    public HttpClient Gateway => Client(8080);

    public HttpClient Management => Client(8081);

    /// <param name="overlay">The shard's overlay.</param>
    /// <param name="postgres">The connection string that the Secret holds.</param>
    /// <param name="rabbitmq">The broker's address that it holds.</param>
    /// <param name="signingKey">Base64; all pods of a game have one.</param>
    public static async Task<Pod> CreateAsync(string overlay, string postgres, string rabbitmq, string signingKey)
    {
        var pod = new Pod(overlay, $"127.{RandomNumberGenerator.GetInt32(16, 250)}.{RandomNumberGenerator.GetInt32(1, 250)}.{RandomNumberGenerator.GetInt32(1, 250)}");
        var secrets = Directory.CreateDirectory(pod.PathOf("secrets"));
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["postgres"] = postgres,
            ["rabbitmq"] = rabbitmq,
            ["signing.key"] = signingKey,
            ["operator.password"] = Password,
        })
        {
            await File.WriteAllTextAsync(Path.Combine(secrets.FullName, name), value, TestContext.Current.CancellationToken);
        }

        foreach (var (name, value) in await PodEnvironment.OfAsync(overlay, pod.Address))
        {
            pod.Environment[name] = value switch
            {
                "0.0.0.0" => pod.Address,
                "/data" => pod.PathOf("data"),
                _ => value.Replace(Mount, secrets.FullName, StringComparison.Ordinal),
            };
        }

        return pod;
    }

    public static string Password { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));

    public string Secret(string name) => Path.Combine(PathOf("secrets"), name);

    public async Task<SiloProcess> StartAsync()
    {
        var manifests = await Tests.Overlay.ReadAsync(Overlay);
        _process = Run(manifests.Single(manifest => manifest.Kind == "StatefulSet"));
        return _process;
    }

    /// <summary>Runs the shard's migration Job.</summary>
    public async Task MigrateAsync()
    {
        var manifests = await Tests.Overlay.ReadAsync(Overlay);
        using var job = Run(manifests.Single(manifest => manifest.Kind == "Job"));
        await job.Exited.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(job.ExitCode == 0, Said());
    }

    /// <summary>Runs another command of the silo in the pod's environment.</summary>
    public async Task<int> RunAsync(params string[] arguments)
    {
        using var process = SiloProcess.Start(Repository.Silo, arguments, Keep, Environment);
        await process.Exited.WaitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    /// <summary>What the pod's processes said.</summary>
    public string Said()
    {
        lock (_said)
        {
            return string.Join('\n', _said);
        }
    }

    /// <returns>The status of a probe; null if nobody answers.</returns>
    public async Task<HttpStatusCode?> ProbeAsync(string path)
    {
        try
        {
            using var client = Management;
            using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Waits for a line.</summary>
    public async Task SaysAsync(string text)
    {
        while (!Said().Contains(text, StringComparison.Ordinal))
        {
            Assert.False(Process.HasExited && !Said().Contains(text, StringComparison.Ordinal), $"It ended without saying '{text}':\n{Said()}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        if (_process is { HasExited: false } running)
        {
            running.KillAsync().GetAwaiter().GetResult();
        }

        _process?.Dispose();
        TestContext.Current.TestOutputHelper?.WriteLine(Said());
        _folder.Delete(recursive: true);
    }

    private SiloProcess Run(Manifest workload) => SiloProcess.Start(
        Repository.Silo,
        Assert.Single(workload.Pod!.Items("spec", "containers")).Items("args").Select(argument => argument.Text()!),
        Keep,
        Environment);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private HttpClient Client(int port) => new() { BaseAddress = new Uri($"http://{Address}:{port}") };

    private void Keep(string line)
    {
        lock (_said)
        {
            _said.Enqueue(line);
            if (_said.Count > 500)
            {
                _said.Dequeue();
            }
        }
    }
}
