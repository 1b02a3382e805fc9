using Orleans.Runtime;

namespace Emulator.Silo.Hosting;

/// <summary>
/// Ends the process at once where the silo cannot go on: the others have declared it dead, or Orleans itself is broken.
/// One line says so; whoever supervises the process starts it again, as a new member.
/// </summary>
/// <param name="name">The silo's name.</param>
internal sealed class OrleansFatalErrors(string name) : IFatalErrorHandler
{
    /// <inheritdoc/>
    public bool IsUnexpected(Exception exception) => exception is not ThreadInterruptedException;

    /// <inheritdoc/>
    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        // Orleans calls it without an exception exactly when the membership table says that this silo is dead.
        Console.Error.WriteLine(exception is null
            ? $"emulator-silo: {name}: the other silos declared this one dead, since it did not answer them in time; "
                + $"start it again. ({context})"
            : $"emulator-silo: {name}: Orleans cannot go on in {context}: {exception}");
        Environment.Exit(ExitCode.Failed);
    }
}
