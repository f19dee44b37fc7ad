namespace Game.Silo;

/// <summary>What the process tells on its console.</summary>
internal static class SiloLog
{
    public static void Configure(ILoggingBuilder logging) => logging
        .SetMinimumLevel(LogLevel.Warning)

        // ASP.NET Core's own key ring protects nothing here: tokens have keys of their own.
        .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)

        // One dead silo makes each of the others warn of every message to it; the membership tells of the death itself.
        .AddFilter("Orleans", LogLevel.Error)
        .AddFilter("Orleans.Runtime.MembershipService", LogLevel.Warning)
        .AddFilter("Polly", LogLevel.None)

        // What keeps the process from starting is told once, in a sentence.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
}
