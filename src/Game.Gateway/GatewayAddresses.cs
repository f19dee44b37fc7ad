using System.Net;
using Game.Gateway.Management;

namespace Game.Gateway;

/// <summary>Where the gateway listens, known once the host has started; of use where a port is 0.</summary>
public sealed class GatewayAddresses
{
    private readonly Listeners _listeners;

    internal GatewayAddresses(Listeners listeners)
    {
        _listeners = listeners;
    }

    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public Uri Public => UriOf(_listeners.Public);

    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public Uri Management => UriOf(_listeners.Management);

    private static Uri UriOf(IPEndPoint endpoint)
    {
        // Who listens everywhere is reached here as this machine.
        var address = endpoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : endpoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : endpoint.Address;
        return new UriBuilder(Uri.UriSchemeHttp, address.ToString(), endpoint.Port).Uri;
    }
}
