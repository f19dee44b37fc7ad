namespace Game.Gateway.Tests.Management;

/// <summary>What is wrong with the operator's settings is said with the full path, and without the password.</summary>
public sealed class OperatorSettingsTests
{
    private const string Good = "a good password";

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    [InlineData("::1")]
    public void NoPassword_OnLoopback_IsFine(string address) => Assert.Empty(Validate(new() { ManagementAddress = address }));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("10.0.0.1")]
    public void NoPassword_ElsewhereThanOnLoopback_IsRefused(string address)
    {
        var failure = Assert.Single(Validate(new() { ManagementAddress = address }));
        Assert.Equal(
            $"Gateway:Operator:Password: must be set, or PasswordFile, where the management port listens on {address}, not on loopback.", failure);
        Assert.Empty(Validate(new() { ManagementAddress = address, Operator = new() { Password = Good } }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("elevenchars")]
    [InlineData("with\ta tab in it")]
    public void PasswordThatCannotBe_IsRefused_AndNotRepeated(string password)
    {
        var failure = Assert.Single(Validate(new() { ManagementAddress = "0.0.0.0", Operator = new() { Password = password } }));
        Assert.Equal("Gateway:Operator:Password: must hold 12 to 256 characters, none of them control characters.", failure);
    }

    [Fact]
    public void EveryFailure_IsListed()
    {
        var settings = new GatewaySettings { ManagementAddress = "0.0.0.0", Operator = new() { Name = "a:b", Password = "short" }, DrainSeconds = 0 };
        Assert.Equal(
            ["Gateway:DrainSeconds", "Gateway:Operator:Name", "Gateway:Operator:Password"],
            Validate(settings).Select(failure => failure[..failure.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public void PasswordFile_IsReadWithoutTheSpaceAroundIt()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $"{Good}\n");
            var settings = new OperatorSettings { PasswordFile = file };
            Assert.Empty(Validate(new() { ManagementAddress = "0.0.0.0", Operator = settings }));
            Assert.Equal(Good, settings.ReadPassword());

            File.WriteAllText(file, " short \n");
            Assert.StartsWith("Gateway:Operator:PasswordFile: must hold 12", Assert.Single(Validate(new() { Operator = settings })));
        }
        finally
        {
            File.Delete(file);
        }

        Assert.StartsWith("Gateway:Operator:PasswordFile: cannot be read: ", Assert.Single(Validate(new() { Operator = new() { PasswordFile = file } })));
    }

    private static List<string> Validate(GatewaySettings settings) => [.. settings.Validate("Gateway")];
}
