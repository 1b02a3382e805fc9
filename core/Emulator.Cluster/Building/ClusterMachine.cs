using Emulator.Core.Actors;

namespace Emulator.Cluster.Building;

/// <summary>A machine as an engine takes it.</summary>
/// <param name="Machine">Its name and zone.</param>
/// <param name="Root">The actor that starts first and creates and ends the others.</param>
/// <param name="Others">The actors that are there from the start, in the order in which they start.</param>
public sealed record ClusterMachine(MachineRef Machine, Actor Root, IReadOnlyList<Actor> Others);
