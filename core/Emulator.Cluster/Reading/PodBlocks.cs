using Emulator.Core.Addresses;
using Emulator.Core.Documents;

namespace Emulator.Cluster.Reading;

/// <summary>Chooses the pod CIDR and gives each node its block.</summary>
internal sealed class PodBlocks(ClusterDraft draft, ManifestDocument document, List<ManifestError> mistakes)
{
    private static readonly Cidr Default = Cidr.Parse("10.244.0.0/16");
    private static readonly Cidr Large = Cidr.Parse("10.128.0.0/9");

    /// <summary>The pod CIDR, the length of a node's block, and the blocks in the order of nodes; null when they do not
    /// fit.</summary>
    public (Cidr PodCidr, int MaskSize, Cidr[] Blocks)? Make()
    {
        int mask = draft.NodeCidrMaskSize
            ?? (draft.PodCidr is { Length: >= 24 } narrow ? Math.Min(30, narrow.Length + 4) : 24);
        Cidr podCidr = draft.PodCidr ?? (Fits(Default, mask) ? Default : Large);
        if (!Fits(podCidr, mask))
        {
            long blocks = mask >= podCidr.Length ? 1L << (mask - podCidr.Length) : 0;
            mistakes.Add(document.Error(draft.PodCidr is null ? "spec.nodeCIDRMaskSize" : "spec.podCIDR",
                $"pod CIDR {podCidr} holds {blocks} blocks of /{mask}, but there are {draft.Nodes.Count} nodes; "
                + "choose a shorter prefix for podCIDR or a longer nodeCIDRMaskSize."));
            return null;
        }

        return (podCidr, mask, Give(podCidr, mask));
    }

    private bool Fits(Cidr podCidr, int mask) =>
        mask >= podCidr.Length && 1L << (mask - podCidr.Length) >= draft.Nodes.Count + (draft.PodCidr is null ? 1 : 0);

    private Cidr[] Give(Cidr podCidr, int mask)
    {
        long count = 1L << (mask - podCidr.Length);
        var pinned = new HashSet<Cidr>();
        foreach (NodeDraft node in draft.Nodes)
        {
            if (node.PodCidr is Cidr block)
            {
                pinned.Add(block);
            }
        }

        var blocks = new Cidr[draft.Nodes.Count];
        long next = 1;
        for (int i = 0; i < blocks.Length; i++)
        {
            if (draft.Nodes[i].PodCidr is Cidr written)
            {
                blocks[i] = written;
                continue;
            }

            while (next < count && pinned.Contains(podCidr.Subnet(mask, next)))
            {
                next++;
            }

            // Block 0 is the last to be given: a small pod CIDR may need it.
            blocks[i] = podCidr.Subnet(mask, next < count ? next : 0);
            next++;
        }

        return blocks;
    }
}
