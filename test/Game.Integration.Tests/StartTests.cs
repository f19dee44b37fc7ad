using System.Net;
using System.Net.Sockets;

namespace Game.Integration.Tests;

/// <summary>What keeps the process from starting: a clear message, an exit code other than 0, nothing changed.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_data_folder_in_use_is_refused()
    {
        using var silo = new Silo();
        using var first = silo.Start();
        await first.ReadyAsync(TestContext.Current.CancellationToken);

        await RefusedAsync(silo, "in use by another process", "--port", "0", "--management-port", "0");

        await first.StopAsync();
        Assert.Equal(0, first.ExitCode);
    }

    [Fact]
    public async Task A_port_in_use_is_refused_by_number()
    {
        using var silo = new Silo();
        using var squatter = new TcpListener(IPAddress.Loopback, silo.Port);
        squatter.Start();

        await RefusedAsync(silo, $"{silo.Port}");
    }

    [Fact]
    public async Task A_store_that_is_not_one_is_refused_by_name()
    {
        using var silo = new Silo();
        Directory.CreateDirectory(Path.Combine(silo.Data, "s02"));
        var file = Path.Combine(silo.Data, "s02", "events.db");
        await File.WriteAllTextAsync(file, new string('x', 8192), TestContext.Current.CancellationToken);

        await RefusedAsync(silo, "corrupt or not an event store");

        Assert.Equal(new string('x', 8192), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Wrong_settings_are_all_listed_with_their_paths()
    {
        using var silo = new Silo();

        await RefusedAsync(silo, "ShardCount: must be 1 to 200, not 201.", "--shards", "201");
        Assert.False(Directory.Exists(silo.Data));
    }

    [Fact]
    public async Task A_wrong_schedule_of_world_events_is_refused_with_everything_that_is_wrong_with_it()
    {
        using var silo = new Silo();
        silo.Environment["GAME__WorldEvents__LeadSeconds"] = "-1";
        foreach (var (i, name, value) in new[]
        {
            (0, "Id", "dragon"), (0, "Name", "Dragon"), (0, "Cron", "0 25 * * *"), (0, "HitPoints", "0"),
            (1, "Id", "dragon"), (1, "Name", "Feast"), (1, "Cron", "0 18 * * 6"), (1, "Kind", "DoubleExperience"), (1, "Multiplier", "1"),
        })
        {
            silo.Environment[$"GAME__WorldEvents__Schedules__{i}__{name}"] = value;
        }

        await RefusedAsync(silo, "WorldEvents:LeadSeconds: must be 0 to 86400, not -1.");
        Assert.Contains("WorldEvents:Schedules:0:Cron: The cron expression '0 25 * * *' cannot be understood: The given cron expression has an invalid format. Hours: Value must be a number between 0 and 23", silo.Said());
        Assert.Contains("WorldEvents:Schedules:0:HitPoints must be 1 to 1000000000000.", silo.Said());
        Assert.Contains("WorldEvents:Schedules:1:Id must be unique, and 'dragon' is not.", silo.Said());
        Assert.Contains("WorldEvents:Schedules:1:Multiplier must be 2 to 10.", silo.Said());
    }

    [Fact]
    public async Task A_management_port_off_loopback_needs_a_password_and_tells_all_that_is_wrong_with_it()
    {
        using var silo = new Silo();
        silo.Environment["GAME__Gateway__ManagementAddress"] = "0.0.0.0";
        silo.Environment["GAME__Gateway__Operator__Name"] = "a:b";

        await RefusedAsync(silo, "Gateway:Operator:Password: must be set, or PasswordFile, where the management port listens on 0.0.0.0");
        Assert.Contains("Gateway:Operator:Name: must be", silo.Said());
    }

    [Fact]
    public async Task A_password_that_is_too_short_is_refused_without_repeating_it()
    {
        using var silo = new Silo();
        silo.Environment["GAME__Gateway__Operator__Password"] = "hunter2";

        await RefusedAsync(silo, "Gateway:Operator:Password: must hold 12 to 256 characters");
        Assert.DoesNotContain("hunter2", silo.Said());
    }

    [Fact]
    public async Task A_connection_string_that_cannot_be_is_refused_without_repeating_it()
    {
        using var silo = new Silo();
        silo.Environment["GAME__Postgres__ConnectionString"] = "Host=db;Database=game;Username=game;Password=hunter2";

        await RefusedAsync(silo, "Postgres:ConnectionString: its Database must contain {shard}");
        Assert.DoesNotContain("hunter2", silo.Said());
    }

    [Fact]
    public async Task A_database_that_stays_away_is_waited_for_then_given_up()
    {
        using var silo = new Silo();
        silo.Environment["GAME__Postgres__ConnectionString"] = "Host=127.0.0.1;Port=1;Database=game_{shard};Username=game";
        silo.Environment["GAME__Postgres__WaitSeconds"] = "2";

        await RefusedAsync(silo, "does not answer; check address, network and server");
        Assert.Contains("waits for its store", silo.Said());
        Assert.Contains("Giving up in 2 s", silo.Said());
    }

    [Fact]
    public async Task An_unknown_profile_is_refused()
    {
        using var silo = new Silo();

        await RefusedAsync(silo, "There is no profile 'nowhere'", "--profile", "nowhere");
    }

    [Fact]
    public async Task A_term_signal_drains_and_ends_with_success()
    {
        using var silo = new Silo();
        using var process = silo.Start();
        await process.ReadyAsync(TestContext.Current.CancellationToken);

        await process.StopAsync();

        Assert.Equal(0, process.ExitCode);
    }

    private static async Task RefusedAsync(Silo silo, string message, params string[] more)
    {
        using var process = silo.Start(more);
        await process.Exited.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        Assert.Contains(message, silo.Said());
        Assert.DoesNotContain("   at ", silo.Said());
        Assert.NotEqual(0, process.ExitCode);
    }
}
