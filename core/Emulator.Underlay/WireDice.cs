using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;

namespace Emulator.Underlay;

/// <summary>
/// A wire's dice, one stream for each purpose, so that turning one impairment on does not change another's draws.
/// </summary>
internal sealed class WireDice(ulong seed, ActorRef sender, ActorRef receiver, int port)
{
    private RandomStream _loss = For(seed, sender, "loss", receiver, port);
    private RandomStream _duplicate = For(seed, sender, "duplicate", receiver, port);
    private RandomStream _reorder = For(seed, sender, "reorder", receiver, port);
    private RandomStream _jitter = For(seed, sender, "jitter", receiver, port);
    private RandomStream _sessionLoss = For(seed, sender, "session-loss", receiver, port);
    private RandomStream _sessionJitter = For(seed, sender, "session-jitter", receiver, port);

    public bool Loses(Ratio chance, NetworkPacket packet, Outbox outbox) =>
        Draw(ref _loss, chance, "wire loss", packet, outbox);

    public bool Duplicates(Ratio chance, NetworkPacket packet, Outbox outbox) =>
        Draw(ref _duplicate, chance, "wire duplicate", packet, outbox);

    public bool Overtakes(Ratio chance, NetworkPacket packet, Outbox outbox) =>
        Draw(ref _reorder, chance, "wire reorder", packet, outbox);

    public bool LosesSession(Ratio chance) => _sessionLoss.Chance(chance);

    /// <summary>Uniform from 0 up to and including the most.</summary>
    public long Jitter(long most) => Upto(ref _jitter, most);

    /// <summary>The same for sessions.</summary>
    public long SessionJitter(long most) => Upto(ref _sessionJitter, most);

    private bool Draw(ref RandomStream stream, Ratio chance, string purpose, NetworkPacket packet, Outbox outbox)
    {
        if (chance.Numerator == 0)
        {
            return false;
        }

        uint drawn = stream.NextBelow(chance.Denominator);
        if (outbox.Journal.Detail)
        {
            outbox.Detail(sender, JournalKind.Draw, packet, purpose, drawn, chance.Denominator);
        }

        return drawn < chance.Numerator;
    }

    private static long Upto(ref RandomStream stream, long most) =>
        most == 0 ? 0 : (long)Math.BigMul(stream.NextUInt64(), (ulong)most + 1, out _);

    private static RandomStream For(ulong seed, ActorRef sender, string purpose, ActorRef receiver, int port) =>
        RandomStream.For(seed, sender.Id, $"wire/{purpose}/{receiver.Name}/{port}");
}
