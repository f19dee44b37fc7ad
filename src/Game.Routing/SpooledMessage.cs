namespace Game.Routing;

/// <summary>A message of the retry spool.</summary>
/// <param name="Number">Its place: rises with time.</param>
/// <param name="Message">The message.</param>
/// <param name="Until">After that it is worth nothing any more.</param>
/// <param name="Size">Bytes it counts for.</param>
internal sealed record SpooledMessage(long Number, GameMessage Message, DateTimeOffset Until, int Size);
