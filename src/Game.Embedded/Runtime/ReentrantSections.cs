namespace Game.Embedded;

/// <summary>The call chains that may currently re-enter one activation, with the number of open sections of each.</summary>
internal sealed class ReentrantSections
{
    private readonly Dictionary<Guid, int> _open = [];

    public bool Contains(Guid reentrancyId) => _open.ContainsKey(reentrancyId);

    public void Enter(Guid reentrancyId) => _open[reentrancyId] = _open.GetValueOrDefault(reentrancyId) + 1;

    public void Exit(Guid reentrancyId)
    {
        if (!_open.TryGetValue(reentrancyId, out var count))
        {
            return;
        }

        if (count == 1)
        {
            _open.Remove(reentrancyId);
        }
        else
        {
            _open[reentrancyId] = count - 1;
        }
    }
}
