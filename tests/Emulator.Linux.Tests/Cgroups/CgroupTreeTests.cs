using Emulator.Core.Actors;
using Emulator.Linux.Cgroups;

namespace Emulator.Linux.Tests.Cgroups;

/// <summary>Defaults and ranges: Linux Documentation/admin-guide/cgroup-v2.rst.</summary>
public sealed class CgroupTreeTests
{
    private const string Pod = "/kubepods/burstable/pod1";
    private readonly CgroupTree _tree = new();

    [Fact]
    public void A_new_cgroup_has_the_kernels_defaults()
    {
        Assert.True(_tree.Create(Pod));
        Assert.Equal(
            ["max 100000", "0", "100", "", "max", "0", "max", "0", "0", "max"],
            CgroupFiles.All.Select(f => _tree.Read(Pod, f)));
    }

    [Fact]
    public void Making_a_cgroup_makes_those_above_it()
    {
        _tree.Create(Pod);
        Assert.Equal(["/", "/kubepods", "/kubepods/burstable", Pod], _tree.Paths);
    }

    [Fact]
    public void Removing_a_cgroup_removes_what_is_below_it_and_not_its_namesakes()
    {
        _tree.Create(Pod + "/c");
        _tree.Create(Pod + "2");
        Assert.True(_tree.Remove(Pod));
        Assert.Equal(["/", "/kubepods", "/kubepods/burstable", Pod + "2"], _tree.Paths);
        Assert.False(_tree.Remove(Pod));
    }

    [Theory]
    [InlineData("cpu.max.burst", "5000", "5000")]
    [InlineData("cpu.shares", "262145", null)]
    [InlineData("cpuset.cpus", "3,0-1,2", "0-3")]
    [InlineData("cpuset.cpus", "3-1", null)]
    [InlineData("cpu.weight", "1", "1")]
    [InlineData("cpu.weight", "10000", "10000")]
    [InlineData("cpu.weight", "0", null)]
    [InlineData("cpu.weight", "10001", null)]
    [InlineData("cpu.max", "20000 100000", "20000 100000")]
    [InlineData("cpu.max", "20000", "20000 100000")]
    [InlineData("cpu.max", "max 5000", "max 5000")]
    [InlineData("cpu.max", "999 100000", null)]
    [InlineData("cpu.max", "1000 999", null)]
    [InlineData("memory.max", "104857600", "104857600")]
    [InlineData("memory.max", "max", "max")]
    [InlineData("memory.max", "100Mi", null)]
    [InlineData("memory.oom.group", "2", null)]
    public void A_file_takes_what_the_kernel_takes(string file, string written, string? read)
    {
        _tree.Create(Pod);
        Assert.Equal(read is not null, _tree.Write(Pod, file, written));
        Assert.Equal(read ?? CgroupFiles.DefaultOf(file), _tree.Read(Pod, file));
    }

    [Fact]
    public void Nothing_is_read_from_or_written_to_a_cgroup_that_is_not_there()
    {
        Assert.Null(_tree.Read(Pod, CgroupFiles.CpuWeight));
        Assert.False(_tree.Write(Pod, CgroupFiles.CpuWeight, "5"));
        Assert.Null(_tree.Read("/", CgroupFiles.CpuWeight));
        Assert.Throws<KeyNotFoundException>(() => _tree.Read(Pod, "cpu.cfs_quota_us"));
        Assert.Throws<ArgumentException>(() => _tree.Create("kubepods"));
    }

    [Fact]
    public void The_actor_makes_writes_and_removes()
    {
        var actor = new CgroupsActor(new ActorRef("node-1/cgroups", "1", new MachineRef("node-1", "zone-a")));
        var outbox = new Outbox();
        actor.Receive(new WriteCgroup(Pod, [new CgroupSetting("cpu.weight", "4")]), 0, outbox);
        actor.Receive(new WriteCgroup(Pod, [new CgroupSetting("memory.max", "1024")]), 0, outbox);
        Assert.Equal(("4", "1024"), (actor.Tree.Read(Pod, "cpu.weight"), actor.Tree.Read(Pod, "memory.max")));
        actor.Receive(new RemoveCgroup("/kubepods"), 0, outbox);
        Assert.Equal(1, actor.Tree.Count);
        Assert.Throws<InvalidOperationException>(
            () => actor.Receive(new WriteCgroup(Pod, [new CgroupSetting("cpu.weight", "many")]), 0, outbox));
    }
}
