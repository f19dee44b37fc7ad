using Npgsql;

namespace Game.EventStore.Postgres;

/// <summary>What PostgreSQL's errors mean to an operator.</summary>
internal static class PostgresErrors
{
    /// <summary>Host and database, without user and password.</summary>
    public static string NameOf(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        return $"{parts.Host}:{parts.Port}/{parts.Database}";
    }

    /// <summary>
    /// Whether the server has refused a statement by itself: nothing of it is stored. Otherwise the connection broke, or the
    /// server went down, and it may have ended either way.
    /// </summary>
    public static bool IsRefusal(NpgsqlException exception) =>
        exception is PostgresException { SqlState: var state } && !IsShutdown(state);

    /// <summary>
    /// Whether waiting may help: the server does not answer, is starting or stopping or has no connection left, or the migration
    /// has not come that far.
    /// </summary>
    public static bool MayPass(EventStoreException exception) => exception.InnerException switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.TooManyConnections } => true,
        PostgresException error => IsShutdown(error.SqlState),
        NpgsqlException => true,
        _ => exception is SchemaBehindException,
    };

    public static EventStoreException Explain(string connectionString, NpgsqlException exception)
    {
        var name = NameOf(connectionString);
        var what = exception switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
                "refuses the user or the password; check the secret",
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => "does not exist; create the database, or run the migrate command",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => "refuses: the user lacks a right; grant it",
            PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => "is read-only: a standby, or recovering",
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "cannot grow: the disk is full; make room",
            PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } =>
                "is corrupt; restore it from a backup",
            PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => "has no connection left; raise max_connections",
            PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow } => "is starting or stopping; try again",
            PostgresException { SqlState: var state } when IsShutdown(state) => "has been stopped; try again when it is back",
            PostgresException error => $"refuses ({error.SqlState}: {error.MessageText})",
            _ => "does not answer; check address, network and server",
        };
        return new EventStoreException($"The event store {name} {what}.", exception);
    }

    private static bool IsShutdown(string state) =>
        state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow;
}
