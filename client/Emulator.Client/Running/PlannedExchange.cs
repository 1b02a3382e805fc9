using Emulator.Engine.Telemetry;
using Emulator.Linux.Processes;

namespace Emulator.Client.Running;

/// <summary>An exchange that is ready to be made, and where it could end up.</summary>
/// <param name="Request">What is done.</param>
/// <param name="Branches">The endpoints that a Service could choose, with the chance of each; empty where none
/// chooses.</param>
internal sealed record PlannedExchange(ExchangeRequest Request, IReadOnlyList<TraceBranch> Branches);
