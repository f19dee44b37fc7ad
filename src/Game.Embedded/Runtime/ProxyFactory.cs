using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Game.Embedded;

/// <summary>
/// Generates, once per interface and process, the class of references to it and one <see cref="Request"/> class per method,
/// so that a call involves neither reflection nor boxing.
/// </summary>
internal static class ProxyFactory
{
    private static readonly ConcurrentDictionary<Type, ProxyType> Types = new();

    public static object Create(Type interfaceType, CallTarget target) => Get(interfaceType).Create(target);

    public static ProxyType Get(Type interfaceType) => Types.GetOrAdd(interfaceType, static type => new ProxyType(type));

    /// <summary>Name of the field of a generated request that holds an argument.</summary>
    public static string ArgumentField(int index) => $"Argument{index}";
}

/// <summary>The generated classes of one interface.</summary>
internal sealed class ProxyType
{
    private readonly Func<CallTarget, object> _create;

    public ProxyType(Type interfaceType)
    {
        if (!interfaceType.IsInterface || !interfaceType.IsAssignableTo(typeof(IAddressable)))
        {
            throw new ArgumentException($"{interfaceType} is no grain or observer interface.");
        }

        var assembly = AssemblyBuilder.DefineDynamicAssembly(
            new AssemblyName($"Game.Embedded.Proxies.{interfaceType.Name}"), AssemblyBuilderAccess.Run);
        GrantAccess(assembly, interfaceType);
        var module = assembly.DefineDynamicModule("main");
        var proxy = module.DefineType(
            $"{interfaceType.Name}_Reference", TypeAttributes.Public | TypeAttributes.Sealed, typeof(GrainReference), [interfaceType]);
        DefineConstructor(proxy);

        var methods = interfaceType.GetInterfaces().Where(type => type.IsAssignableTo(typeof(IAddressable))).Append(interfaceType)
            .SelectMany(type => type.GetMethods()).Where(method => method.IsAbstract && !method.IsStatic).ToList();
        var emitted = methods.ConvertAll(method => new ProxyMethodEmitter(module, proxy, interfaceType, method));
        emitted.ForEach(method => method.Emit());

        var type = proxy.CreateType();
        emitted.ForEach(method => method.Bind(type));
        Methods = emitted.ConvertAll(method => method.Method);
        var target = System.Linq.Expressions.Expression.Parameter(typeof(CallTarget));
        _create = System.Linq.Expressions.Expression.Lambda<Func<CallTarget, object>>(
            System.Linq.Expressions.Expression.New(type.GetConstructors()[0], target), target).Compile();
    }

    public IReadOnlyList<RequestMethod> Methods { get; }

    public object Create(CallTarget target) => _create(target);

    /// <summary>Lets the generated assembly use internal types: ours, and interfaces and messages that are not public.</summary>
    private static void GrantAccess(AssemblyBuilder assembly, Type interfaceType)
    {
        var constructor = typeof(IgnoresAccessChecksToAttribute).GetConstructors()[0];
        IEnumerable<Type> types = [typeof(ProxyFactory), interfaceType, .. interfaceType.GetInterfaces(), .. interfaceType.GenericTypeArguments];
        foreach (var name in types.Select(type => type.Assembly.GetName().Name!).Distinct())
        {
            assembly.SetCustomAttribute(new CustomAttributeBuilder(constructor, [name]));
        }
    }

    private static void DefineConstructor(TypeBuilder proxy)
    {
        var constructor = proxy.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(CallTarget)]);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Call, typeof(GrainReference).GetConstructor(
            BindingFlags.Instance | BindingFlags.NonPublic, [typeof(CallTarget)])!);
        il.Emit(OpCodes.Ret);
    }
}
