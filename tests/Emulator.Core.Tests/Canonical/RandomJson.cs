using System.Globalization;
using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Randomness;

namespace Emulator.Core.Tests.Canonical;

/// <summary>JSON trees of every shape from one number, so that a failure is repeated by its number.</summary>
internal sealed class RandomJson(ulong seed)
{
    private RandomStream _dice = RandomStream.For(seed, new ActorId(1), "json");

    public JsonValue Next(int depth = 4) => _dice.NextBelow(depth == 0 ? 4u : 7u) switch
    {
        0 => JsonNull.Instance,
        1 => _dice.NextBelow(2) == 0,
        2 => new JsonNumber(Number()),
        3 => Text(),
        4 => new JsonArray([.. Some().Select(_ => Next(depth - 1))]),
        _ => Object(depth - 1),
    };

    public JsonObject Object(int depth = 3) =>
        JsonObject.Of([.. Some().Select(_ => KeyValuePair.Create(Text(), Next(depth)))]);

    public uint Below(uint bound) => _dice.NextBelow(bound);

    private IEnumerable<int> Some() => Enumerable.Range(0, (int)_dice.NextBelow(5));

    // As people write them: what a number's value hides must survive.
    private string Number() => _dice.NextBelow(4) switch
    {
        0 => "1.50",
        1 => "1e3",
        2 => "-0",
        _ => ((long)_dice.NextUInt64()).ToString(CultureInfo.InvariantCulture),
    };

    private string Text() => _dice.NextBelow(4) switch
    {
        0 => "name",
        1 => "",
        2 => "Zürich 漢字 😀 \"\\\n\0",
        _ => _dice.NextUInt64().ToString("x", CultureInfo.InvariantCulture),
    };
}
