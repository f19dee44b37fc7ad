using System.Collections.Immutable;

namespace Game.Embedded;

/// <summary>
/// Values that travel with a request and everything it calls, but not back. Follows the asynchronous flow; safe for
/// concurrent use. Keys beginning with '#' belong to the host.
/// </summary>
public static class RequestContext
{
    internal const string ReentrancyKey = "#CCR";

    private static readonly AsyncLocal<ImmutableDictionary<string, object>?> Current = new();

    /// <summary>Identifies the call chain that may re-enter; <see cref="Guid.Empty"/> if none may.</summary>
    public static Guid ReentrancyId
    {
        get => Get(ReentrancyKey) is Guid id ? id : Guid.Empty;
        set
        {
            if (value == Guid.Empty)
            {
                Remove(ReentrancyKey);
            }
            else
            {
                Set(ReentrancyKey, value);
            }
        }
    }

    public static IEnumerable<string> Keys => Current.Value?.Keys ?? [];

    public static IEnumerable<KeyValuePair<string, object>> Entries => Current.Value ?? Enumerable.Empty<KeyValuePair<string, object>>();

    /// <summary>All values, shared and immutable; null when there are none.</summary>
    internal static ImmutableDictionary<string, object>? Values
    {
        get => Current.Value;
        set => Current.Value = value;
    }

    public static object? Get(string key) => Current.Value is { } values && values.TryGetValue(key, out var value) ? value : null;

    public static void Set(string key, object value) =>
        Current.Value = (Current.Value ?? ImmutableDictionary<string, object>.Empty).SetItem(key, value);

    /// <returns>Whether there was such a key.</returns>
    public static bool Remove(string key)
    {
        if (Current.Value is not { } values || !values.ContainsKey(key))
        {
            return false;
        }

        var rest = values.Remove(key);
        Current.Value = rest.IsEmpty ? null : rest;
        return true;
    }

    public static void Clear()
    {
        if (Current.Value is not null)
        {
            Current.Value = null;
        }
    }

    /// <summary>
    /// Until the section is disposed, calls that originate here may re-enter this activation while it waits for them.
    /// </summary>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var original = ReentrancyId;
        return new ReentrancySection(original, original == Guid.Empty ? Guid.NewGuid() : original);
    }

    /// <summary>Until the section is disposed, calls that originate here do not re-enter anything.</summary>
    public static ReentrancySection SuppressCallChainReentrancy() => new(ReentrancyId, Guid.Empty);

    /// <summary>Restores the reentrancy that was in force before, when disposed.</summary>
    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Guid _original;
        private readonly Guid _current;

        public ReentrancySection(Guid originalReentrancyId, Guid newReentrancyId)
        {
            _original = originalReentrancyId;
            _current = newReentrancyId;
            if (newReentrancyId != originalReentrancyId)
            {
                ReentrancyId = newReentrancyId;
            }

            if (newReentrancyId != Guid.Empty)
            {
                RuntimeContext.Current?.EnterReentrantSection(newReentrancyId);
            }
        }

        public void Dispose()
        {
            if (_current != Guid.Empty)
            {
                RuntimeContext.Current?.ExitReentrantSection(_current);
            }

            if (_current != _original)
            {
                ReentrancyId = _original;
            }
        }
    }
}
