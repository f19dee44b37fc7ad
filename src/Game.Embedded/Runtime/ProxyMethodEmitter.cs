using System.Reflection;
using System.Reflection.Emit;

namespace Game.Embedded;

/// <summary>Generates one method of a reference and the request class that it sends.</summary>
internal sealed class ProxyMethodEmitter
{
    private readonly ModuleBuilder _module;
    private readonly TypeBuilder _proxy;
    private readonly MethodInfo _method;
    private readonly FieldBuilder _methodField;
    private readonly MethodKind _kind;

    public ProxyMethodEmitter(ModuleBuilder module, TypeBuilder proxy, Type interfaceType, MethodInfo method)
    {
        _module = module;
        _proxy = proxy;
        _method = method;
        _kind = MethodKind.Of(method);
        Method = new RequestMethod(interfaceType, method);
        if (Method.IsOneWay && _kind.ResultType is not null)
        {
            throw new NotSupportedException($"{method.DeclaringType}.{method.Name} is one-way, so it cannot have a result.");
        }

        _methodField = proxy.DefineField(
            $"{method.Name}_{method.MetadataToken:x}", typeof(RequestMethod), FieldAttributes.Public | FieldAttributes.Static);
    }

    public RequestMethod Method { get; }

    public void Emit()
    {
        var request = EmitRequest(out var arguments);
        var builder = _proxy.DefineMethod(
            $"{_method.DeclaringType!.FullName}.{_method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot,
            _method.ReturnType,
            Method.ParameterTypes);
        var il = builder.GetILGenerator();
        var local = il.DeclareLocal(request);
        il.Emit(OpCodes.Newobj, request.GetConstructor(Type.EmptyTypes)!);
        il.Emit(OpCodes.Stloc, local);
        for (var i = 0; i < arguments.Length; i++)
        {
            il.Emit(OpCodes.Ldloc, local);
            il.Emit(OpCodes.Ldarg, i + 1);
            il.Emit(OpCodes.Stfld, request.GetField(arguments[i].Name)!);
        }

        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, typeof(GrainReference).GetField("Target", BindingFlags.Instance | BindingFlags.NonPublic)!);
        il.Emit(OpCodes.Ldloc, local);
        il.Emit(OpCodes.Ldsfld, _methodField);
        il.Emit(OpCodes.Call, _kind.GetSender(Method.IsOneWay));
        il.Emit(OpCodes.Ret);
        _proxy.DefineMethodOverride(builder, _method);
    }

    /// <summary>Sets the generated static field from which the method takes its <see cref="RequestMethod"/>.</summary>
    public void Bind(Type proxy) => proxy.GetField(_methodField.Name)!.SetValue(null, Method);

    private Type EmitRequest(out FieldBuilder[] arguments)
    {
        var type = _module.DefineType(
            $"{_method.DeclaringType!.Name}_{_method.Name}_{_method.MetadataToken:x}_Request",
            TypeAttributes.Public | TypeAttributes.Sealed,
            _kind.RequestType);
        type.DefineDefaultConstructor(MethodAttributes.Public);
        arguments = [.. Method.ParameterTypes.Select((parameter, index) =>
            type.DefineField(ProxyFactory.ArgumentField(index), parameter, FieldAttributes.Public))];
        EmitCall(type, arguments);
        if (Method.TakesToken)
        {
            EmitTokenAccess(type, arguments[^1]);
        }

        return type.CreateType();
    }

    private void EmitCall(TypeBuilder type, FieldBuilder[] arguments)
    {
        var overridden = _kind.RequestType.GetMethod(
            "Call", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(object)])!;
        var call = type.DefineMethod(
            overridden.Name,
            MethodAttributes.Family | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig,
            _method.ReturnType,
            [typeof(object)]);
        var il = call.GetILGenerator();

        // Not cast: a reference is made only for targets that implement its interface.
        il.Emit(OpCodes.Ldarg_1);
        foreach (var argument in arguments)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, argument);
        }

        il.Emit(OpCodes.Callvirt, _method);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitTokenAccess(TypeBuilder type, FieldBuilder token)
    {
        const MethodAttributes Attributes =
            MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig;
        var get = type.DefineMethod(nameof(Request.GetToken), Attributes, typeof(CancellationToken), Type.EmptyTypes);
        var il = get.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, token);
        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(get, typeof(Request).GetMethod(get.Name, BindingFlags.Instance | BindingFlags.Public)!);

        var set = type.DefineMethod(nameof(Request.SetToken), Attributes, typeof(void), [typeof(CancellationToken)]);
        il = set.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Stfld, token);
        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(set, typeof(Request).GetMethod(set.Name, BindingFlags.Instance | BindingFlags.Public)!);
    }

    /// <summary>What differs with the return type: the base class of the request and how it is sent.</summary>
    private sealed record MethodKind(Type RequestType, string Sender, Type? ResultType)
    {
        public static MethodKind Of(MethodInfo method)
        {
            var type = method.ReturnType;
            if (method.ContainsGenericParameters || method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef))
            {
                throw new NotSupportedException(
                    $"{method.DeclaringType}.{method.Name}: methods of grain interfaces are neither generic nor do they take references.");
            }

            if (type == typeof(Task))
            {
                return new MethodKind(typeof(TaskRequest), nameof(CallDispatcher.SendTask), null);
            }

            if (type == typeof(ValueTask))
            {
                return new MethodKind(typeof(ValueTaskRequest), nameof(CallDispatcher.SendValueTask), null);
            }

            var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
            if (generic == typeof(Task<>) || generic == typeof(ValueTask<>))
            {
                var result = type.GenericTypeArguments[0];
                return generic == typeof(Task<>)
                    ? new MethodKind(typeof(TaskRequest<>).MakeGenericType(result), nameof(CallDispatcher.SendTaskOf), result)
                    : new MethodKind(
                        typeof(ValueTaskRequest<>).MakeGenericType(result), nameof(CallDispatcher.SendValueTaskOf), result);
            }

            throw new NotSupportedException(
                $"{method.DeclaringType}.{method.Name} returns {type}; methods of grain interfaces return tasks.");
        }

        public MethodInfo GetSender(bool isOneWay)
        {
            var name = !isOneWay ? Sender
                : Sender == nameof(CallDispatcher.SendTask) ? nameof(CallDispatcher.SendOneWayTask)
                : nameof(CallDispatcher.SendOneWayValueTask);
            var method = typeof(CallDispatcher).GetMethod(name, BindingFlags.Public | BindingFlags.Static)!;
            return ResultType is null ? method : method.MakeGenericMethod(ResultType);
        }
    }
}
