using System.Text.Json;
using System.Text.Json.Serialization;

namespace Game.LoadTest.Run;

/// <summary>The last line of a run.</summary>
public sealed record Summary
{
    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public int Wars { get; set; }

    /// <summary>Points of strikes in settled wars that the world confirmed to the bots.</summary>
    public long PointsEarned { get; set; }

    /// <summary>Points the world settled in those wars.</summary>
    public long PointsSettled { get; set; }

    /// <summary>Gold ever made.</summary>
    public long GoldBefore { get; set; }

    /// <summary>Gold in wallets, treasuries and escrow.</summary>
    public long GoldAfter { get; set; }

    public long Lost { get; set; }

    public long Duplicated { get; set; }

    public int Errors { get; set; }

    /// <summary>Whether what there was time for has happened.</summary>
    [JsonIgnore]
    public bool Complete { get; set; } = true;

    [JsonIgnore]
    public bool Agrees => Complete && PointsEarned == PointsSettled && GoldBefore == GoldAfter
        && Lost == 0 && Duplicated == 0 && Errors == 0;
}
