namespace Game.Simulator;

/// <summary>Calls of somebody outside a silo's process that are under way.</summary>
internal sealed class ClientConnection
{
    private readonly HashSet<Call> _open = [];

    public void Watch(Call call)
    {
        _open.Add(call);
        if (_open.Count > 64)
        {
            _open.RemoveWhere(known => known.IsDone);
        }
    }

    public void FailAll(Exception exception)
    {
        foreach (var call in _open.ToList())
        {
            call.Fail(exception);
        }

        _open.Clear();
    }
}
