namespace Game.Embedded;

/// <summary>Identity of grains and references to them.</summary>
public static class GrainExtensions
{
    /// <summary>The identity of a grain, from inside it or from a reference to it.</summary>
    /// <exception cref="ArgumentException">Neither a grain nor a reference.</exception>
    public static GrainId GetGrainId(this IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain switch
        {
            Grain instance => instance.Activation.GrainId,
            GrainReference reference => reference.GrainId,
            _ => throw NotAGrain(grain),
        };
    }

    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key;

    /// <summary>A reference that can be sent to others, typed as <typeparamref name="TGrainInterface"/>.</summary>
    /// <exception cref="ArgumentException">Neither a grain nor a reference.</exception>
    /// <exception cref="InvalidCastException">The grain does not implement the interface.</exception>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain switch
        {
            Grain instance => (TGrainInterface)instance.Activation.GetReference(typeof(TGrainInterface)),
            GrainReference reference => (TGrainInterface)reference.Cast(typeof(TGrainInterface)),
            _ => throw NotAGrain(grain),
        };
    }

    private static ArgumentException NotAGrain(IAddressable grain) =>
        new($"{grain.GetType()} is neither a grain nor a reference to one.", nameof(grain));
}
