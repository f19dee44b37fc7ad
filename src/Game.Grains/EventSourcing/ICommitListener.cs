using Game.Contracts;

namespace Game.Grains.EventSourcing;

/// <summary>Told of what a shard's log has gained, so that those who read it look. Safe for concurrent use.</summary>
public interface ICommitListener
{
    /// <summary>A hint only: a lost one is made good by the readers' own timers and reminders. Does not wait for anything.</summary>
    /// <param name="facts">At least one.</param>
    /// <param name="grains">Of the shard.</param>
    void OnCommitted(IReadOnlyList<GameEvent> facts, IGrainFactory grains);
}
