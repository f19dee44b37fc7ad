using System.Threading.Channels;

namespace Game.Benchmarks.Grains;

/// <summary>
/// The baseline: what an actor costs with nothing but the BCL. A channel of requests, a loop that reads it and a
/// <see cref="TaskCompletionSource{TResult}"/> for each answer; no identity, no time-out, no life cycle.
/// </summary>
public sealed class ChannelMailbox
{
    private readonly Channel<(long Amount, TaskCompletionSource<long> Answer)> _requests =
        Channel.CreateUnbounded<(long, TaskCompletionSource<long>)>(new UnboundedChannelOptions { SingleReader = true });
    private long _total;

    /// <summary>Completes when <see cref="Complete"/> was called and everything is answered.</summary>
    public Task Completion { get; }

    public ChannelMailbox()
    {
        Completion = RunAsync();
    }

    public Task<long> AddAsync(long amount)
    {
        var answer = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Writer.TryWrite((amount, answer));
        return answer.Task;
    }

    public void Complete() => _requests.Writer.Complete();

    private async Task RunAsync()
    {
        var reader = _requests.Reader;
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (reader.TryRead(out var request))
            {
                _total += request.Amount;
                request.Answer.SetResult(_total);
            }
        }
    }
}
