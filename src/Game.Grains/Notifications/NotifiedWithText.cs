using System.Text.Json.Nodes;
using Game.Grains.EventSourcing;

namespace Game.Grains.Notifications;

/// <summary>Version 2 has a text, which only operators write.</summary>
public sealed class NotifiedWithText : IEventUpcaster
{
    public string Alias => "mailbox.notified";

    public int FromVersion => 1;

    public ReadOnlyMemory<byte> Upcast(ReadOnlyMemory<byte> body)
    {
        var json = JsonNode.Parse(body.Span)!.AsObject();
        json["text"] = null;
        return System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(json);
    }
}
