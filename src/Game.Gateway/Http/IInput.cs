namespace Game.Gateway.Http;

/// <summary>
/// A handler's argument read from the request that may turn out malformed. The endpoint filter answers with the first
/// problem before the handler runs.
/// </summary>
internal interface IInput
{
    Problem? Problem { get; }
}
