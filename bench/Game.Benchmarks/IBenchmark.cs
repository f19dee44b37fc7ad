namespace Game.Benchmarks;

/// <summary>
/// A group of rows. Every public class that implements it and has a parameterless constructor is found by reflection.
/// </summary>
public interface IBenchmark
{
    /// <summary>What <c>./game bench NAME</c> selects by; also the file's name under artifacts/bench.</summary>
    string Name { get; }

    /// <param name="quick">Shorter runs for a first impression: the quick runs of all benchmarks together stay under five minutes.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    Task<IReadOnlyList<Row>> RunAsync(bool quick, CancellationToken cancellationToken);
}
