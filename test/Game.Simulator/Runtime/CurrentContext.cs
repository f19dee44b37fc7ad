using System.Reflection;

namespace Game.Simulator;

/// <summary>
/// <c>RuntimeContext.Current</c>, by which a grain finds its activation when it is constructed. Setting it is the one member of Orleans
/// the simulator needs that is not public.
/// </summary>
internal static class CurrentContext
{
    private static readonly Setter Set = Find("SetExecutionContext").CreateDelegate<Setter>();
    private static readonly Func<IGrainContext?> Get = TypeOfContext.GetProperty("Current", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)?
        .GetMethod?.CreateDelegate<Func<IGrainContext?>>() ?? throw new MissingMemberException(TypeOfContext.FullName, "Current");

    private delegate void Setter(IGrainContext? context, out IGrainContext? before);

    public static IGrainContext? Value => Get();

    private static Type TypeOfContext =>
        typeof(IGrainContext).Assembly.GetType("Orleans.Runtime.RuntimeContext") ?? throw new TypeLoadException("Orleans.Runtime.RuntimeContext is gone.");

    /// <returns>What it was before.</returns>
    public static IGrainContext? Exchange(IGrainContext? context)
    {
        Set(context, out var before);
        return before;
    }

    private static MethodInfo Find(string name) => TypeOfContext.GetMethod(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
        ?? throw new MissingMethodException(TypeOfContext.FullName, name);
}
