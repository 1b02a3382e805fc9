namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>Linux' error numbers and their names in errno.h.</summary>
internal static class Errno
{
    public const int Again = 11;
    public const int MessageTooLong = 90;
    public const int InProgress = 115;

    private static readonly Dictionary<int, string> Names = new()
    {
        [1] = "EPERM", [2] = "ENOENT", [11] = "EAGAIN", [13] = "EACCES", [16] = "EBUSY", [17] = "EEXIST",
        [19] = "ENODEV", [22] = "EINVAL", [23] = "ENFILE", [32] = "EPIPE", [71] = "EPROTO", [90] = "EMSGSIZE",
        [92] = "ENOPROTOOPT", [97] = "EAFNOSUPPORT", [98] = "EADDRINUSE", [99] = "EADDRNOTAVAIL",
        [101] = "ENETUNREACH", [103] = "ECONNABORTED", [104] = "ECONNRESET", [105] = "ENOBUFS", [106] = "EISCONN",
        [107] = "ENOTCONN", [110] = "ETIMEDOUT", [111] = "ECONNREFUSED", [113] = "EHOSTUNREACH",
        [115] = "EINPROGRESS",
    };

    /// <summary>The name of a number.</summary>
    public static string NameOf(int number) => Names.GetValueOrDefault(number, $"errno {number}");
}
