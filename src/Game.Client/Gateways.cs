namespace Game.Client;

/// <summary>The gateways that serve a player: one is used until it fails, then the next. Safe for concurrent use.</summary>
public sealed class Gateways
{
    private readonly IReadOnlyList<Uri> _all;
    private Uri _current;

    /// <param name="all">At least one.</param>
    /// <param name="first">Where to begin, so that many players spread over all of them.</param>
    public Gateways(IReadOnlyList<Uri> all, int first)
    {
        _all = all;
        _current = all[first % all.Count];
    }

    public Uri Current => Volatile.Read(ref _current);

    /// <summary>The gateway did not serve; who comes late and names one that is no longer used changes nothing.</summary>
    public void MoveOn(Uri from)
    {
        for (var i = 0; i < _all.Count; i++)
        {
            if (_all[i] == from)
            {
                Interlocked.CompareExchange(ref _current, _all[(i + 1) % _all.Count], from);
                return;
            }
        }
    }

    /// <summary>An HTTP client that asks whichever gateway is used now.</summary>
    public HttpClient CreateClient(HttpMessageHandler connections, TimeSpan timeout) =>
        new(new Failover(this, connections), disposeHandler: false) { BaseAddress = Current, Timeout = timeout };

    private sealed class Failover(Gateways gateways, HttpMessageHandler connections) : DelegatingHandler(connections)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var gateway = gateways.Current;
            request.RequestUri = new Uri(gateway, request.RequestUri!.PathAndQuery);
            try
            {
                var response = await base.SendAsync(request, cancellationToken);
                if (response.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
                {
                    gateways.MoveOn(gateway);
                }

                return response;
            }
            catch
            {
                gateways.MoveOn(gateway);
                throw;
            }
        }
    }
}
