namespace Game.Gateway.Limits;

/// <summary>Marks routes that are limited as sign-in.</summary>
internal sealed class SignInRoute
{
    public static readonly SignInRoute Instance = new();
}
