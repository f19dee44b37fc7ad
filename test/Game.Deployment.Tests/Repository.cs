using System.Reflection;

namespace Game.Deployment.Tests;

/// <summary>What this was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("RepoRoot");

    /// <summary>The silo's assembly.</summary>
    public static string Silo { get; } = Metadata("Silo");

    public static string PathOf(string file) => Path.Combine(Root, file);

    private static string Metadata(string key) => typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value!;
}
