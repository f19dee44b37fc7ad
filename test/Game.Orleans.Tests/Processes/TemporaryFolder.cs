namespace Game.Orleans.Tests.Processes;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("game-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
