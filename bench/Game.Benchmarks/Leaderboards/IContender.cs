namespace Game.Benchmarks.Leaderboards;

/// <summary>A board that holds the whole workload.</summary>
internal interface IContender : IDisposable
{
    double BytesAnEntry { get; }

    /// <summary>Asks once and takes the answer in full.</summary>
    void Ask(Question question, int call);

    /// <summary>Asks many times, in the fastest way there is, and takes all answers in full.</summary>
    void AskMany(Question question, int firstCall, int calls);
}
