using Game.Client;

namespace Game.Cli.Play;

/// <summary>What it takes until guilds fight.</summary>
internal static class Diplomacy
{
    private const int Deposit = 25;

    public static async Task FoundAsync(Bot bot, string name, string tag, CancellationToken cancellationToken)
    {
        var founding = await bot.PostAsync<FoundingDto>("/v1/guilds", new { name, tag, policy = "open" }, cancellationToken);
        bot.GuildId = founding.GuildId;
        bot.ExpectedGold = founding.Player.Gold!.Value;
        await bot.UntilAsync<PlayerDto>("/v1/players/me", player => player.Membership == "member", cancellationToken);
    }

    /// <summary>Joins, and pays something into the treasury.</summary>
    public static async Task JoinAsync(Bot bot, string guildId, CancellationToken cancellationToken)
    {
        await bot.PostAsync<PlayerDto>($"/v1/guilds/{guildId}/join", null, cancellationToken);
        bot.GuildId = guildId;
        await bot.UntilAsync<PlayerDto>("/v1/players/me", player => player.Membership == "member", cancellationToken);
        var player = await bot.PostAsync<PlayerDto>($"/v1/guilds/{guildId}/deposit", new { amount = Deposit }, cancellationToken);
        bot.ExpectedGold = player.Gold!.Value;
    }

    /// <returns>The war, started at its home; fronts elsewhere open as they hear of it.</returns>
    public static async Task<WarDto> BeginWarAsync(Bot attacker, Bot defender, long wager, int seconds, CancellationToken cancellationToken)
    {
        var war = await attacker.PostAsync<WarDto>(
            "/v1/wars", new { defender = defender.GuildId, wager, durationSeconds = seconds }, cancellationToken);
        await defender.UntilAsync<GuildDto>(
            $"/v1/guilds/{defender.GuildId}", guild => guild.Wars.Any(entry => entry.WarId == war.Id), cancellationToken);
        await defender.PostAsync<WarDto>($"/v1/wars/{war.Id}/accept", null, cancellationToken);
        return await attacker.UntilAsync<WarDto>($"/v1/wars/{war.Id}", view => view.Status != "declared", cancellationToken);
    }
}
