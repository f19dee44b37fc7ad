using Game.Gateway.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Game.Gateway.SignIn;

/// <summary>
/// Hashes and checks passwords beside the request threads, a few at a time: hashing is slow on purpose, and a flood of
/// sign-ins must not take the processors from the game. Safe for concurrent use.
/// </summary>
internal sealed class Passwords : IDisposable
{
    private static readonly object NoUser = new();

    private readonly PasswordHasher<object> _hasher;
    private readonly SemaphoreSlim _free;
    private readonly int _maxWaiting;
    private readonly string _nobodysHash;
    private int _waiting;

    public Passwords(PasswordSettings settings)
    {
        _hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = settings.Iterations }));
        _free = new SemaphoreSlim(settings.Concurrency > 0 ? settings.Concurrency : Math.Max(1, Environment.ProcessorCount / 2));
        _maxWaiting = settings.MaxWaiting;
        _nobodysHash = _hasher.HashPassword(NoUser, Guid.NewGuid().ToString());
    }

    public static Problem Busy { get; } = new(
        StatusCodes.Status503ServiceUnavailable,
        GatewayCodes.SignInBusy,
        "Too many sign-ins at once; come back in a moment.",
        RetryAfter: TimeSpan.FromSeconds(2));

    /// <summary>The hash, or null if too many are waiting.</summary>
    public async Task<string?> TryHashAsync(string password, CancellationToken cancellationToken)
    {
        string? hash = null;
        await TryRunAsync(() => hash = _hasher.HashPassword(NoUser, password), cancellationToken);
        return hash;
    }

    /// <summary>
    /// Whether the password fits the hash; null if too many are waiting. Without a hash (nobody has that name) it takes as
    /// long and says no.
    /// </summary>
    public async Task<bool?> TryVerifyAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        bool? fits = null;
        await TryRunAsync(
            () =>
            {
                var result = _hasher.VerifyHashedPassword(NoUser, hash ?? _nobodysHash, password);
                fits = hash is not null && result != PasswordVerificationResult.Failed;
            },
            cancellationToken);
        return fits;
    }

    public void Dispose() => _free.Dispose();

    private async Task TryRunAsync(Action work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > _maxWaiting + Environment.ProcessorCount)
        {
            Interlocked.Decrement(ref _waiting);
            return;
        }

        try
        {
            await _free.WaitAsync(cancellationToken);
            try
            {
                await Task.Run(work, cancellationToken);
            }
            finally
            {
                _free.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
