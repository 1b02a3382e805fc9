namespace Emulator.Core.Packets.Http;

/// <summary>Why bytes are not HTTP that we take.</summary>
/// <param name="Status">What a server answers: 400, 413, 431, 501 or 505.</param>
/// <param name="Message">What is wrong.</param>
public sealed record HttpError(int Status, string Message)
{
    /// <summary>The reason phrase of the status.</summary>
    public string Reason => Status switch
    {
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        505 => "HTTP Version Not Supported",
        _ => "Bad Request",
    };
}
