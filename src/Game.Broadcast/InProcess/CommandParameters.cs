using Microsoft.Data.Sqlite;

namespace Game.Broadcast.InProcess;

/// <summary>Parameters of commands that are prepared once and run often.</summary>
internal static class CommandParameters
{
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
