using System.Reflection;

namespace Game.Contracts.Tests;

/// <summary>
/// A value of any message type, the same every time: members that hold different things hold different values, so that a
/// mix-up shows.
/// </summary>
internal static class Samples
{
    private static readonly DateTimeOffset Instant = new(2026, 3, 1, 12, 30, 15, TimeSpan.Zero);

    public static object Of(Type type) => Of(type, type.Name, 0);

    private static object Of(Type type, string name, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var number = name.Aggregate(17, static (hash, letter) => (hash * 31 + letter) % 9973) + depth;
        return type switch
        {
            _ when type == typeof(string) => $"{name}-{number} \"ü\"",
            _ when type == typeof(bool) => true,
            _ when type == typeof(int) => number,
            _ when type == typeof(long) => long.MaxValue - number,
            _ when type == typeof(double) => number + 0.1,
            _ when type == typeof(DateTimeOffset) => Instant.AddSeconds(number).AddTicks(1),
            _ when type == typeof(TimeSpan) => TimeSpan.FromMilliseconds(number),
            { IsEnum: true } => Enum.GetValues(type).Cast<object>().Last(),
            { IsGenericType: true } when List(type, name, depth) is { } list => list,
            { IsAbstract: true } => Of(FirstKindOf(type), name, depth),
            _ => Record(type, depth),
        };
    }

    private static Type FirstKindOf(Type type) => type.Assembly.GetTypes()
        .Where(kind => kind.IsSubclassOf(type) && !kind.IsAbstract)
        .MinBy(kind => kind.FullName, StringComparer.Ordinal) ?? throw new NotSupportedException($"No sample of {type}: nothing derives from it.");

    private static object? List(Type type, string name, int depth)
    {
        var item = type.GetGenericArguments()[0];
        if (type.GetGenericArguments().Length != 1 || !type.IsAssignableFrom(item.MakeArrayType()))
        {
            return null;
        }

        var items = Array.CreateInstance(item, 2);
        items.SetValue(Of(item, name, depth + 1), 0);
        items.SetValue(Of(item, name, depth + 2), 1);
        return items;
    }

    private static object Record(Type type, int depth)
    {
        if (depth > 8 || type.GetConstructors() is not { Length: > 0 } constructors)
        {
            throw new NotSupportedException($"No sample of {type}: teach {nameof(Samples)} how to make one.");
        }

        // The primary constructor of a record is the longest one.
        var parameters = constructors.MaxBy(constructor => constructor.GetParameters().Length)!;
        return parameters.Invoke([.. parameters.GetParameters().Select((ParameterInfo parameter) => Of(parameter.ParameterType, parameter.Name!, depth + 1))]);
    }
}
