namespace Game.EventStore.Postgres;

/// <summary>The migrate command has not brought the database up to this build's schema yet.</summary>
internal sealed class SchemaBehindException(string message) : EventStoreException(message);
