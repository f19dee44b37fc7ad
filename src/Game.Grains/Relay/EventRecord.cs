using System.Text.Json.Serialization;

namespace Game.Grains.Relay;

/// <summary>An event of a shard's log as a record of topic <c>game_events</c>. Immutable.</summary>
/// <param name="Id"><c>{shard}/{position}</c>. A record that comes again has the same one.</param>
/// <param name="Shard">The shard whose log holds the event.</param>
/// <param name="Position">Its place in that log: 1, 2, 3, … without gap.</param>
/// <param name="Stream">The aggregate's history it belongs to, <c>{category}/{key}</c>; the record's key.</param>
/// <param name="Version">Its place in that history: 1, 2, 3, … without gap.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Schema">Schema version of that type.</param>
/// <param name="At">When it was decided, in UTC.</param>
/// <param name="Command">Id of the command that led to it.</param>
/// <param name="Fingerprint">Tells the command from another under the same id; may be empty.</param>
/// <param name="First">Version of the first event of that command.</param>
/// <param name="Last">Version of the last event of that command.</param>
/// <param name="Body">The event's body; absent if it is sealed.</param>
/// <param name="Sealed">The body of an event that is private, encrypted; base64.</param>
public sealed record EventRecord(
    string Id,
    string Shard,
    long Position,
    string Stream,
    long Version,
    string Type,
    int Schema,
    DateTimeOffset At,
    string Command,
    string Fingerprint,
    long First,
    long Last,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RawJson? Body = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sealed = null);
