using Emulator.Core.Time;
using Emulator.Linux.Cgroups.Cpu;

namespace Emulator.Cluster.Spec;

/// <summary>How the nodes' kernels and kubelets give out CPU time.</summary>
/// <param name="Tick">The distance of the ticks at which quotas are enforced; 0, the default, is exact, 4 ms a kernel
/// of HZ=250.</param>
/// <param name="TickOffset">When the first tick falls, below <paramref name="Tick"/>; default 0.</param>
/// <param name="Weights">How requests become weights; default linear.</param>
/// <param name="IsStatic">Whether containers of Guaranteed pods that ask for whole cores get cores of their own (the
/// kubelet's CPU manager policy <c>static</c>); default false.</param>
public sealed record CpuSpec(SimDuration Tick, SimDuration TickOffset, ShareFormula Weights, bool IsStatic);
