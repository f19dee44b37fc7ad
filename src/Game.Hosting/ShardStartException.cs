namespace Game.Hosting;

/// <summary>A shard's silo cannot start, for a reason its operator can mend: the message says which.</summary>
public sealed class ShardStartException(string message, Exception? innerException = null) : Exception(message, innerException);
