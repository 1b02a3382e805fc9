namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>What became of the journal's hops: journaled = exported + sampled out + over budget, plus those still
/// open.</summary>
/// <param name="HopsJournaled">Hops that the journal had.</param>
/// <param name="HopsExported">Hops that were handed to the destination.</param>
/// <param name="HopsSampledOut">Hops of traces that the sampling left out.</param>
/// <param name="HopsOverBudget">Hops that did not fit into their trace's budget.</param>
/// <param name="SpansExported">All spans handed over: hops, packets and ends of exchanges.</param>
/// <param name="SpansRejected">Spans that the collector took delivery of and then refused; not 0 means look
/// there.</param>
public readonly record struct OtlpCounters(
    long HopsJournaled, long HopsExported, long HopsSampledOut, long HopsOverBudget, long SpansExported,
    long SpansRejected)
{
    /// <summary>The sentence that a run prints.</summary>
    public override string ToString() =>
        $"hops journaled {HopsJournaled} = exported {HopsExported} + sampled out {HopsSampledOut}"
        + $" + over budget {HopsOverBudget}; spans exported {SpansExported}"
        + (SpansRejected == 0 ? "" : $"; rejected by the collector {SpansRejected}");
}
