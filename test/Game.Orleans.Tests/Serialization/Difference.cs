using System.Collections;
using System.Reflection;

namespace Game.Orleans.Tests.Serialization;

/// <summary>Compares by content: records compare their lists by reference.</summary>
internal static class Difference
{
    /// <returns>Where the two differ, or null.</returns>
    public static string? Between(object? expected, object? actual, string path = "")
    {
        if (expected is null || actual is null)
        {
            return expected == actual ? null : $"{path}: {expected ?? "null"}, then {actual ?? "null"}";
        }

        if (expected is string or IFormattable)
        {
            return expected.Equals(actual) ? null : $"{path}: {expected}, then {actual}";
        }

        if (expected is IEnumerable items)
        {
            var (before, after) = (items.Cast<object?>().ToList(), ((IEnumerable)actual).Cast<object?>().ToList());
            return before.Count != after.Count
                ? $"{path}: {before.Count} items, then {after.Count}"
                : before.Select((item, i) => Between(item, after[i], $"{path}[{i}]")).FirstOrDefault(found => found is not null);
        }

        return expected.GetType() != actual.GetType()
            ? $"{path}: {expected.GetType()}, then {actual.GetType()}"
            : expected.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
                .Select(property => Between(property.GetValue(expected), property.GetValue(actual), $"{path}.{property.Name}"))
                .FirstOrDefault(found => found is not null);
    }
}
