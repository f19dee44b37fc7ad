namespace Game.Gateway.Http;

/// <summary>Values of enums as queries name them: as in answers, names only.</summary>
internal static class EnumNames
{
    public static bool TryParse<T>(string text, out T value)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        var index = Array.FindIndex(names, name => char.ToLowerInvariant(name[0]) + name[1..] == text);
        value = index < 0 ? default : Enum.GetValues<T>()[index];
        return index >= 0;
    }
}
