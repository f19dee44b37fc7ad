namespace Game.Cli.Load;

/// <summary>What <c>./game load</c> was asked for.</summary>
/// <param name="Gateways">Where players sign in, spread over all; at least one.</param>
/// <param name="Players">At least 2: one leads each guild.</param>
/// <param name="Length">How long operations are due.</param>
/// <param name="Rate">Operations a second of all players together.</param>
internal sealed record LoadOptions(IReadOnlyList<Uri> Gateways, int Players, TimeSpan Length, double Rate);
