using System.Reflection;
using Game.Contracts;

namespace Game.Orleans.Tests.Serialization;

/// <summary>What grains of the game send each other, read off the contracts.</summary>
internal static class Messages
{
    private static readonly Assembly Contracts = typeof(Command).Assembly;

    /// <summary>The message types that can be made.</summary>
    public static IReadOnlyList<Type> Concrete { get; } =
    [
        .. Contracts.GetTypes()
            .Where(type => type.IsDefined(typeof(GenerateSerializerAttribute)) && !type.IsAbstract && !type.ContainsGenericParameters)
            .OrderBy(type => type.FullName, StringComparer.Ordinal),
    ];

    /// <summary>Every parameter and result of every grain and observer method, as declared there.</summary>
    public static IReadOnlyList<Type> Declared { get; } =
    [
        .. Contracts.GetTypes()
            .Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)))
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType)
                .Concat(method.ReturnType.GetGenericArguments()))
            .Where(type => !type.IsAssignableTo(typeof(IAddressable)) && type != typeof(CancellationToken))
            .Distinct()
            .OrderBy(type => type.ToString(), StringComparer.Ordinal),
    ];
}
