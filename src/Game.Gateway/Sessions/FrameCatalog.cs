using System.Collections.Frozen;

namespace Game.Gateway.Sessions;

/// <summary>Every type of frame that clients may send. Immutable.</summary>
internal sealed class FrameCatalog(IEnumerable<FrameHandler> handlers)
{
    private readonly FrozenDictionary<string, FrameHandler> _handlers =
        handlers.ToFrozenDictionary(handler => handler.Type, StringComparer.Ordinal);

    public IReadOnlyList<string> Types => _handlers.Keys;

    public FrameHandler? Find(string type) => _handlers.GetValueOrDefault(type);
}
