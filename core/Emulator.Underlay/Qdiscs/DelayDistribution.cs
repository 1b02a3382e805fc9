namespace Emulator.Underlay.Qdiscs;

/// <summary>How delays spread around their mean (<c>tc</c>'s <c>distribution</c>).</summary>
public enum DelayDistribution : byte
{
    /// <summary>Evenly from mean - jitter to mean + jitter, the default.</summary>
    Uniform,

    /// <summary>Gauss' bell; the jitter is its standard deviation.</summary>
    Normal,

    /// <summary>Pareto's with exponent 3: a long tail upwards.</summary>
    Pareto,

    /// <summary>A quarter normal, three quarters Pareto.</summary>
    ParetoNormal,
}
