namespace Emulator.Underlay.Qdiscs;

/// <summary>Which frames <see cref="Netem"/> loses: <see cref="RandomLoss"/>, <see cref="FourStateLoss"/> or
/// <see cref="GilbertElliottLoss"/>.</summary>
public abstract record NetemLoss
{
    private protected NetemLoss()
    {
    }

    /// <summary>Whether nothing ever gets through.</summary>
    public virtual bool IsCertain => false;
}

/// <summary><c>loss random</c>: each frame by itself, or alike the one before.</summary>
/// <param name="Chance">Chance of loss.</param>
/// <param name="Correlation">How much a draw resembles the one before.</param>
public sealed record RandomLoss(Probability Chance, Probability Correlation) : NetemLoss
{
    /// <inheritdoc/>
    public override bool IsCertain => Chance == Probability.Always;
}

/// <summary><c>loss state</c>: a Markov chain of four states: 1 good, 2 good within a burst, 3 burst of losses, 4 a
/// single loss.</summary>
/// <param name="P13">From good to a burst of losses.</param>
/// <param name="P31">From a burst back to good. <c>tc</c>'s default is 1 - P13.</param>
/// <param name="P32">Within a burst, from loss to good. Default 0.</param>
/// <param name="P23">Within a burst, from good to loss. Default 1.</param>
/// <param name="P14">From good to a single loss. Default 0.</param>
public sealed record FourStateLoss(
    Probability P13, Probability P31, Probability P32, Probability P23, Probability P14) : NetemLoss;

/// <summary><c>loss gemodel</c>: the Gilbert-Elliott model, a good and a bad state with a loss each.</summary>
/// <param name="P">From good to bad.</param>
/// <param name="R">From bad to good. <c>tc</c>'s default is 1 - P.</param>
/// <param name="LossInBad">1 - h: loss in the bad state. Default 1.</param>
/// <param name="LossInGood">1 - k: loss in the good state. Default 0.</param>
public sealed record GilbertElliottLoss(
    Probability P, Probability R, Probability LossInBad, Probability LossInGood) : NetemLoss;
