using Game.Contracts.Players;

namespace Game.Domain.Players;

/// <summary>
/// Level n begins at 50·n·(n−1) points of experience: 0, 100, 300, 600, … so that each level takes 100 more than the one before.
/// </summary>
public static class Levels
{
    public static long ExperienceFor(int level) => 50L * level * (level - 1);

    /// <summary>The level of an amount of experience, 1 to <see cref="PlayerLimits.MaxLevel"/>.</summary>
    public static int Of(long experience)
    {
        var level = (int)Math.Min(PlayerLimits.MaxLevel, (1 + Math.Sqrt(1 + (experience / 12.5))) / 2);

        // The square root is only near: the formula above decides.
        while (level < PlayerLimits.MaxLevel && experience >= ExperienceFor(level + 1))
        {
            level++;
        }

        while (level > 1 && experience < ExperienceFor(level))
        {
            level--;
        }

        return level;
    }
}
