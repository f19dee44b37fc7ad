namespace Game.Simulation.Tests;

/// <summary>
/// Defects that are planted around the shipped product to show that the simulation finds them: each breaks one rule that the product
/// keeps.
/// </summary>
public enum Defect
{
    None,

    /// <summary>The store answers an append before it has stored it.</summary>
    AppendAnsweredEarly,

    /// <summary>An append whose outcome is unknown is taken as stored.</summary>
    UnknownTakenAsStored,

    /// <summary>An append from a stale version is stored on top of what came in between.</summary>
    ConflictOverwritten,

    /// <summary>A command that is stored already is stored once more.</summary>
    DuplicateStoredAgain,

    /// <summary>A publisher's cursor was moved before what it had read was sent.</summary>
    CursorMovedEarly,

    /// <summary>The first event after a snapshot is not read back.</summary>
    SnapshotTailDropped,

    /// <summary>The bus confirms before it has a message, and the gap that would show it is not seen.</summary>
    ConfirmedEarly,

    /// <summary>A receiver takes what comes as next, whatever is missing before it.</summary>
    GapNotSeen,

    /// <summary>A message is sent again under an id of its own, so that its commands are not known as stored.</summary>
    FreshMessageId,

    /// <summary>A message is acknowledged before its effect, and the gap that would show the loss is not seen.</summary>
    AcknowledgedEarly,

    /// <summary>Reminders are not durable.</summary>
    ReminderLost,

    /// <summary>A deposit that a guild refuses is not refunded.</summary>
    RefundForgotten,

    /// <summary>A front tells what has been added instead of the total.</summary>
    DeltaReported,

    /// <summary>The command id of an award has the clock in it.</summary>
    AwardIdWithClock,

    /// <summary>A grain that cannot answer now is taken to have refused.</summary>
    UnavailableTakenAsRefused,

    /// <summary>A report that comes late replaces what is known instead of being merged.</summary>
    StaleReportReplaces,

    /// <summary>A stream's delivery is committed before it is folded.</summary>
    DeliveryCommittedEarly,

    /// <summary>Over streams in memory the log's cursor does not wait until the buckets have folded what they were told.</summary>
    RelayDoesNotWait,
}
