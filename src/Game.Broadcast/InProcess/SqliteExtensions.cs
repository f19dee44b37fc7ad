using Microsoft.Data.Sqlite;

namespace Game.Broadcast.InProcess;

/// <summary>What the bus asks of SQLite: commands that are prepared once and run often, and statements that are run as they are.</summary>
internal static class SqliteExtensions
{
    public static void Script(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Gives a parameter its value, the first time and again.</summary>
    public static void Set(this SqliteCommand command, string name, object? value)
    {
        if (command.Parameters.Contains(name))
        {
            command.Parameters[name].Value = value ?? DBNull.Value;
        }
        else
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }
    }

    /// <summary>Gives <c>$a</c>, <c>$b</c> and <c>$c</c> their values, as many as there are.</summary>
    public static void SetAll(this SqliteCommand command, ReadOnlySpan<object> arguments)
    {
        ReadOnlySpan<string> names = ["$a", "$b", "$c"];
        for (var i = 0; i < arguments.Length; i++)
        {
            command.Set(names[i], arguments[i]);
        }
    }
}
