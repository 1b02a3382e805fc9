using Emulator.Core.Actors;

namespace Emulator.Kubernetes.ApiServer.Messages;

/// <summary>Which conversation between a client and the API server a message belongs to.</summary>
/// <param name="Client">A hash of the client's actor and name.</param>
/// <param name="Epoch">Which try: a client whose session was cut opens the next one.</param>
public readonly record struct ApiSession(ulong Client, int Epoch);

/// <summary>Anything that travels between an API client and the API server, inside a session segment.</summary>
/// <param name="Session">Which conversation.</param>
public abstract record ApiMessage(ApiSession Session) : Message
{
    /// <summary>About how many bytes it has on the wire.</summary>
    public abstract int EstimatedBytes { get; }
}
