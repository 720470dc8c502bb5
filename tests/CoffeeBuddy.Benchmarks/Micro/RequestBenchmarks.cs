using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Benchmarks.Micro;

/// <summary>What every request of Slack costs before anything is done for it.</summary>
public class RequestBenchmarks
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private static readonly byte[] Command = Encoding.UTF8.GetBytes(
        "token=none&team_id=T0OFFICE1&team_domain=office&channel_id=C0COFFEE1&channel_name=coffee&user_id=U0PERSON1&user_name=somebody&command=%2Fcoffee&text=&api_app_id=A0BENCH001&is_enterprise_install=false&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F1%2F2%2F3&trigger_id=1.2"
    );

    private static readonly string Submission = """
        {"type":"view_submission","team":{"id":"T0OFFICE1","domain":"office"},"user":{"id":"U0PERSON1","username":"somebody","name":"somebody","team_id":"T0OFFICE1"},"api_app_id":"A0BENCH001","token":"none","trigger_id":"1.2","view":{"id":"V0ORDER01","team_id":"T0OFFICE1","type":"modal","callback_id":"order","hash":"1.h","private_metadata":"{}","state":{"values":{"drink_0":{"drink":{"type":"static_select","selected_option":{"text":{"type":"plain_text","text":"Flat White","emoji":true},"value":"Flat White"}}},"size_0":{"size":{"type":"radio_buttons","selected_option":{"text":{"type":"plain_text","text":"Large","emoji":true},"value":"Large"}}},"customizations_0":{"customizations":{"type":"checkboxes","selected_options":[{"text":{"type":"plain_text","text":"Oat milk","emoji":true},"value":"Oat milk"}]}},"note_0":{"note":{"type":"plain_text_input","value":"Not too hot"}}}}},"response_urls":[],"is_enterprise_install":false}
        """;

    private const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";
    private readonly string _timestamp = Now.ToUnixTimeSeconds().ToString(provider: null);
    private readonly string _signature;

    public RequestBenchmarks()
    {
        var signed = Encoding.UTF8.GetBytes($"v0:{_timestamp}:{Encoding.UTF8.GetString(Command)}");
        _signature = $"v0={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed))}";
    }

    [Benchmark]
    public SignatureResult Signature() => SlackSignature.Verify(Secret, _timestamp, _signature, Command, Now);

    [Benchmark]
    public bool SlashCommandForm() => SlashCommand.TryParse(Command, out _, out _);

    [Benchmark]
    public bool SubmittedOrder() => Interaction.TryParse(Submission, out _, out _);
}
