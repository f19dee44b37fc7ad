namespace Game.Orleans.Tests.Serialization;

/// <summary>Makes instances whose every property differs from its default and from the others, as far as the type allows.</summary>
internal sealed class Samples
{
    private static readonly DateTimeOffset Start = new(2031, 5, 4, 3, 2, 1, TimeSpan.FromHours(2));

    private int _next;

    public object Of(Type type)
    {
        _next++;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying);
        }

        if (type.IsEnum)
        {
            return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            return ListOf(type.GetGenericArguments()[0]);
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.String => $"text {_next}",
            TypeCode.Boolean => true,
            TypeCode.Int32 => _next,
            TypeCode.Int64 => int.MaxValue + (long)_next,
            _ when type == typeof(DateTimeOffset) => Start.AddMinutes(_next),
            _ when type.IsAbstract => Of(Messages.Concrete.First(message => message.IsAssignableTo(type))),
            _ => RecordOf(type),
        };
    }

    private object RecordOf(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)
            ?? throw new InvalidOperationException($"{type} has no public constructor.");
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => Of(parameter.ParameterType))]);
    }

    private object ListOf(Type element)
    {
        var list = Array.CreateInstance(element, 2);
        for (var i = 0; i < list.Length; i++)
        {
            list.SetValue(Of(element), i);
        }

        return list;
    }
}
