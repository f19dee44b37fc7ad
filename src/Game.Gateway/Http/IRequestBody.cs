using Game.Contracts;

namespace Game.Gateway.Http;

/// <summary>What a body or a frame's data says, beyond its JSON: the limits of its fields.</summary>
public interface IRequestBody
{
    /// <summary>The first field that breaks its limit, or null.</summary>
    Refusal? Check();
}
