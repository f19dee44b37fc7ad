using System.Reflection;

namespace Game.Contracts.Tests;

/// <summary>
/// What grains send each other: immutable records, because within a silo the very objects are handed over, with names and
/// numbers of their own on the wire, because code is renamed.
/// </summary>
public sealed class MessageShapeTests
{
    private static readonly Assembly Contracts = typeof(Command).Assembly;

    private static readonly HashSet<Type> Atoms =
    [
        typeof(string), typeof(bool), typeof(byte), typeof(int), typeof(long), typeof(double), typeof(Guid), typeof(DateTimeOffset),
        typeof(TimeSpan), typeof(ReadOnlyMemory<byte>),
    ];

    /// <summary>Collections that a receiver can only read.</summary>
    private static readonly HashSet<Type> Collections = [typeof(IReadOnlyList<>), typeof(IReadOnlyDictionary<,>)];

    private static readonly IReadOnlyList<Type> GrainInterfaces =
        [.. Contracts.GetTypes().Where(type => type.IsInterface && type.GetInterfaces().Any(i => i.Name is "IGrainWithStringKey" or "IGrainObserver"))];

    public static TheoryData<Type> Messages => [.. FindMessages()];

    [Fact]
    public void EveryMethod_HasAnAliasOfItsOwn_AndSendsMessagesOnly()
    {
        Assert.True(GrainInterfaces.Count > 10);
        foreach (var type in GrainInterfaces)
        {
            var methods = type.GetMethods();
            Assert.NotNull(AliasOf(type));
            Assert.All(methods, method => Assert.False(string.IsNullOrEmpty(AliasOf(method)), $"{type.Name}.{method.Name} has no alias."));
            Assert.Distinct(methods.Select(AliasOf));
        }

        Assert.Distinct(GrainInterfaces.Select(AliasOf));
        Assert.Distinct(FindMessages().Where(type => !type.IsEnum && !type.IsGenericType).Select(AliasOf));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_IsAnImmutableRecord_WithNumberedMembers(Type type)
    {
        if (type.IsEnum)
        {
            return;
        }

        Assert.True(type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null, "It is no record.");
        Assert.True(type.IsDefined(typeof(ImmutableAttribute)), "[Immutable] is missing.");
        Assert.True(type.IsDefined(typeof(GenerateSerializerAttribute)), "[GenerateSerializer] is missing.");
        Assert.NotNull(AliasOf(type));
        var ids = new List<(Type?, uint)>();
        foreach (var property in StoredProperties(type))
        {
            Assert.True(
                property.SetMethod is not { } set || set.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "IsExternalInit"),
                $"{property.Name} can be set.");
            var id = property.GetCustomAttribute<IdAttribute>();
            Assert.True(id is not null || property.DeclaringType!.IsAbstract, $"{property.Name} has no [Id].");
            ids.AddRange(id is null ? [] : [(property.DeclaringType, id.Id)]);
        }

        // A base record's members are numbered apart.
        Assert.Distinct(ids);
        Assert.Empty(type.GetFields(BindingFlags.Instance | BindingFlags.Public));
    }

    /// <summary>All types that methods take and give, those within them, and what derives from them.</summary>
    private static HashSet<Type> FindMessages()
    {
        var found = new HashSet<Type>();
        foreach (var method in GrainInterfaces.SelectMany(type => type.GetMethods()))
        {
            foreach (var parameter in method.GetParameters().Where(parameter => parameter.ParameterType != typeof(CancellationToken)))
            {
                Find(parameter.ParameterType, $"{method.DeclaringType!.Name}.{method.Name}({parameter.Name})", found);
            }

            foreach (var result in method.ReturnType.GetGenericArguments())
            {
                Find(result, $"{method.DeclaringType!.Name}.{method.Name}", found);
            }
        }

        return found;
    }

    private static void Find(Type type, string where, HashSet<Type> found)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Atoms.Contains(type) || GrainInterfaces.Contains(type) || type.IsGenericParameter)
        {
            return;
        }

        if (type.IsGenericType)
        {
            foreach (var argument in type.GetGenericArguments())
            {
                Find(argument, where, found);
            }

            if (Collections.Contains(type.GetGenericTypeDefinition()))
            {
                return;
            }

            type = type.GetGenericTypeDefinition();
        }

        Assert.True(type.Assembly == Contracts, $"{where}: {type} is neither a message nor an immutable value.");
        if (!found.Add(type))
        {
            return;
        }

        foreach (var property in type.IsEnum ? [] : StoredProperties(type))
        {
            Find(property.PropertyType, $"{type.Name}.{property.Name}", found);
        }

        foreach (var derived in Contracts.GetTypes().Where(other => other.IsSubclassOf(type)))
        {
            Find(derived, where, found);
        }
    }

    /// <summary>What a message is made of; what it only computes has no field behind it.</summary>
    private static IEnumerable<PropertyInfo> StoredProperties(Type type)
    {
        for (var at = type; at is not null && at != typeof(object) && at != typeof(ValueType); at = at.BaseType)
        {
            var fields = at.GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var property in at.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
            {
                if (fields.Contains($"<{property.Name}>k__BackingField"))
                {
                    yield return property;
                }
            }
        }
    }

    private static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;
}
