namespace Emulator.Client.Tests.Lab;

/// <summary>What was seen in a lab.</summary>
/// <param name="App">What the applications saw, as <c>key=value</c>.</param>
/// <param name="Conntrack">Tracked connections, each after its node.</param>
/// <param name="Frames">Every frame at every interface, in order of time.</param>
internal sealed record LabSight(
    IReadOnlyList<string> App, IReadOnlyList<string> Conntrack, IReadOnlyList<SeenFrame> Frames);
