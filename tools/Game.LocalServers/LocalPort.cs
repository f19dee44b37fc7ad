using Game.Hosting;

namespace Game.LocalServers;

public static class LocalPort
{
    /// <summary>A port of loopback nobody listens on now, and no outgoing connection is given later.</summary>
    public static int Free() => FreePort.OfServers.Take();
}
