using Game.Streaming.Kafka.Telemetry;

namespace Game.Streaming.Tests.Telemetry;

public sealed class SecretRedactorTests
{
    private static readonly SecretRedactor Redactor = new(["the-real-password", null, "abc"]);

    [Theory]
    [InlineData("it said the-real-password aloud", "it said *** aloud")]
    [InlineData("Host=db;Username=game;Password=hunter22;Port=1", "Host=db;Username=game;Password=***;Port=1")]
    [InlineData("""{"password":"hunter22","name":"ann"}""", """{"password":"***","name":"ann"}""")]
    [InlineData("amqp://game:hunter22@broker:5672/", "amqp://***@broker:5672/")]
    [InlineData("Authorization header was Bearer abcdefgh12345678", "Authorization header was Bearer ***")]
    [InlineData("token eyJhbGciOi.eyJzdWIi.c2ln ends", "token *** ends")]
    [InlineData("api-key: 12345", "api-key: ***")]
    public void Secrets_are_masked(string text, string expected) => Assert.Equal(expected, Redactor.Redact(text));

    [Theory]
    [InlineData("Shard s01 after position 17: not published, again in 00:00:01.")]
    [InlineData("the alphabet starts with abc")]
    [InlineData("http://127.0.0.1:8080/v1/guilds")]
    [InlineData("3 basic strikes, 2 tokens left")]
    public void Everything_else_stays(string text) => Assert.Equal(text, Redactor.Redact(text));

    [Theory]
    [InlineData("Password", true)]
    [InlineData("accessToken", true)]
    [InlineData("ConnectionString", true)]
    [InlineData("Shard", false)]
    public void Fields_are_secret_by_name(string name, bool expected) => Assert.Equal(expected, SecretRedactor.IsSecret(name));
}
