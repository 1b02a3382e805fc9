using Emulator.Core.Randomness;

namespace Emulator.Underlay.Qdiscs;

/// <summary>Says of one frame after the other whether it is lost.</summary>
/// <remarks>Source: Linux sch_netem.c (loss_event, loss_4state, loss_gilb_ell). The thresholds and the order of draws
/// are the kernel's: a frame that makes the Gilbert-Elliott chain change is judged by the state that it left.</remarks>
internal sealed class LossProcess(NetemLoss? loss, RandomStream stream)
{
    private readonly Probability _chance = loss is RandomLoss random ? random.Chance : Probability.Never;
    private CorrelatedRandom _random = new(
        stream, loss is RandomLoss random ? random.Correlation : Probability.Never);
    private LossState _state;

    private enum LossState : byte
    {
        Good,
        GoodInBurst,
        LostInBurst,
        LostAlone,
    }

    /// <summary>Whether the next frame is lost.</summary>
    public bool Next() => loss switch
    {
        null => false,
        RandomLoss => _random.Happens(_chance),
        FourStateLoss chain => NextOf(chain),
        GilbertElliottLoss chain => NextOf(chain),
        _ => throw new System.Diagnostics.UnreachableException(loss.GetType().Name),
    };

    private bool NextOf(FourStateLoss chain)
    {
        ulong drawn = _random.Next();
        (LossState next, bool isLost) = _state switch
        {
            LossState.Good when drawn < chain.P14.Threshold => (LossState.LostAlone, true),
            LossState.Good when Between(drawn, chain.P14, chain.P13) => (LossState.LostInBurst, true),
            LossState.GoodInBurst when drawn < chain.P23.Threshold => (LossState.LostInBurst, true),
            LossState.LostInBurst when drawn < chain.P32.Threshold => (LossState.GoodInBurst, false),
            LossState.LostInBurst when Between(drawn, chain.P32, chain.P31) => (LossState.Good, false),
            LossState.LostInBurst when drawn > (ulong)chain.P32.Threshold + chain.P31.Threshold =>
                (LossState.LostInBurst, true),
            LossState.LostAlone => (LossState.Good, false),
            _ => (_state, false),
        };
        _state = next;
        return isLost;
    }

    private bool NextOf(GilbertElliottLoss chain)
    {
        bool wasGood = _state == LossState.Good;
        if (_random.Next() < (wasGood ? chain.P : chain.R).Threshold)
        {
            _state = wasGood ? LossState.LostInBurst : LossState.Good;
        }

        uint drawn = _random.Next();
        return wasGood ? drawn < chain.LossInGood.Threshold : drawn > chain.LossInBad.Complement.Threshold;
    }

    private static bool Between(ulong drawn, Probability first, Probability then) =>
        first.Threshold < drawn && drawn < (ulong)first.Threshold + then.Threshold;
}
