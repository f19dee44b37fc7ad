using System.Collections.Frozen;

namespace Game.Domain.Analytics;

/// <summary>The currencies of ISO 4217 that are money in circulation, and how many decimals their minor unit has.</summary>
public static class Currencies
{
    private const string TwoDecimals =
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP "
        + "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS "
        + "KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD "
        + "PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP "
        + "TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";

    private const string NoDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
    private const string ThreeDecimals = "BHD IQD JOD KWD LYD OMR TND";

    private static readonly FrozenDictionary<string, int> Decimals = TwoDecimals.Split(' ').Select(code => (code, 2))
        .Concat(NoDecimals.Split(' ').Select(code => (code, 0)))
        .Concat(ThreeDecimals.Split(' ').Select(code => (code, 3)))
        .ToFrozenDictionary(entry => entry.Item1, entry => entry.Item2, StringComparer.Ordinal);

    public static IEnumerable<string> All => Decimals.Keys.Order(StringComparer.Ordinal);

    public static bool IsKnown(string code) => Decimals.ContainsKey(code);

    /// <summary>Decimals of the minor unit: 2 for EUR, where an amount of 499 is 4.99.</summary>
    /// <exception cref="KeyNotFoundException">No such currency.</exception>
    public static int DecimalsOf(string code) => Decimals[code];
}
