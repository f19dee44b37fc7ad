using System.Net.Http.Headers;
using System.Text;

namespace Game.LoadTest.Client;

/// <summary>Asks a silo's management port with the operator's login, where the silo has one.</summary>
public static class OperatorClient
{
    private const string Section = "GAME__Gateway__Operator__";

    /// <param name="management">Where the management port is.</param>
    /// <param name="environment">
    /// The silo's settings as environment variables; null: those of this process, which a silo it starts inherits.
    /// </param>
    /// <exception cref="IOException">The password is in a file that cannot be read.</exception>
    public static HttpClient Create(Uri management, IReadOnlyDictionary<string, string>? environment = null)
    {
        string? Setting(string name) => environment is null
            ? Environment.GetEnvironmentVariable(Section + name)
            : environment.GetValueOrDefault(Section + name);

        var http = new HttpClient { BaseAddress = management };
        var password = Setting("Password") ?? (Setting("PasswordFile") is { } file ? File.ReadAllText(file).Trim() : null);
        if (password is not null)
        {
            var login = $"{Setting("Name") ?? "operator"}:{password}";
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        }

        return http;
    }
}
