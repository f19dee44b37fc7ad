using System.Net;
using System.Net.Sockets;

namespace Game.Docs.Tests;

/// <summary>
/// The repository's last commit in a folder of its own, with nothing built in it; what is changed and not committed is not there.
/// </summary>
public sealed class CleanClone : IAsyncLifetime
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("game-clone-").FullName;

    /// <summary>A folder for what the commands keep.</summary>
    public string Data => Path.Combine(Folder, "data");

    public async ValueTask InitializeAsync()
    {
        // Cloned by name of the commit: a work tree's own folder would give the main one's branch.
        var script = $"sha=$(git -C '{Repository.Root}' rev-parse HEAD) && git clone --quiet --no-checkout '{Repository.Root}' . && git checkout --quiet --detach $sha";
        var (code, _, error) = await Shell.RunAsync(script, Folder, TestContext.Current.CancellationToken);
        Assert.True(code == 0, $"The repository could not be cloned: {error}");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Free ports of loopback, all different: two neighbours for each silo process that a command starts.</summary>
    public static int FreePorts(int count)
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var first = Random.Shared.Next(20_000, 32_000);
            if (Enumerable.Range(first, count).All(IsFree))
            {
                return first;
            }
        }

        throw new InvalidOperationException($"No {count} ports in a row are free.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
