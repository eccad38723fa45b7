//! The packed R-tree of a FlatGeobuf file, made while the features stream by.
//!
//! In: the box of each feature, in the order of the file. Out: the nodes of the index. Leaves are in the order of the features; the
//! format asks for a tree over them, not for Hilbert's order, and the generator already keeps neighbours together. Leaves go out in
//! pages; only the levels above stay, 2.7 bytes per feature.
//!
//! ```text
//!   file:  magic │ header │ root │ level 2 │ level 1 │ leaves │ features
//!                           └──── kept till the end ─┘ └ paged ┘
//! ```

/// Children per node.
pub(super) const NODE_SIZE: u64 = 16;
/// Bytes of a node: four floats and an offset.
pub(super) const NODE_BYTES: u64 = 40;

/// A box and what it points to: a byte offset for a leaf, the number of the first child for a node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Node {
    pub min: [f64; 2],
    pub max: [f64; 2],
    pub offset: u64,
}

impl Node {
    /// A box around nothing.
    pub fn empty(offset: u64) -> Self {
        Self {
            min: [f64::INFINITY; 2],
            max: [f64::NEG_INFINITY; 2],
            offset,
        }
    }

    pub fn include(&mut self, other: &Node) {
        for k in 0..2 {
            self.min[k] = self.min[k].min(other.min[k]);
            self.max[k] = self.max[k].max(other.max[k]);
        }
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        for v in [self.min[0], self.min[1], self.max[0], self.max[1]] {
            out.extend_from_slice(&v.to_le_bytes());
        }
        out.extend_from_slice(&self.offset.to_le_bytes());
    }
}

/// Counts of nodes from the leaves up to the root.
pub(super) fn level_counts(features: u64) -> Vec<u64> {
    let mut counts = vec![features];
    let mut n = features;
    loop {
        n = n.div_ceil(NODE_SIZE);
        counts.push(n);
        if n <= 1 {
            return counts;
        }
    }
}

/// Number of the first leaf: the nodes above come before it.
pub(super) fn first_leaf(features: u64) -> u64 {
    level_counts(features).iter().skip(1).sum()
}

/// Collects the level above the leaves.
#[derive(Debug, Default)]
pub(super) struct Parents {
    nodes: Vec<Node>,
    children: u64,
}

impl Parents {
    pub fn add(&mut self, child: &Node) {
        if self.children.is_multiple_of(NODE_SIZE) {
            self.nodes.push(Node::empty(self.children));
        }
        self.children += 1;
        if let Some(last) = self.nodes.last_mut() {
            last.include(child);
        }
    }

    /// All nodes above the leaves, root first, and the box of everything.
    pub fn finish(self) -> (Vec<Node>, Node) {
        let mut levels = vec![(self.children, self.nodes)];
        while let Some((_, last)) = levels.last()
            && last.len() > 1
        {
            let mut above = Parents::default();
            last.iter().for_each(|n| above.add(n));
            levels.push((above.children, above.nodes));
        }
        let mut all = Vec::new();
        for (children, nodes) in levels.into_iter().rev() {
            // Children come directly after this level.
            let first_child = all.len() as u64 + children.div_ceil(NODE_SIZE);
            all.extend(nodes.into_iter().map(|n| Node {
                offset: n.offset + first_child,
                ..n
            }));
        }
        let extent = all.first().copied().unwrap_or(Node::empty(0));
        (all, extent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_the_one_of_the_reference_crate() {
        let leaves: Vec<Node> = (0..700u64)
            .map(|i| {
                let (x, y) = ((i % 37) as f64, (i / 37) as f64);
                Node {
                    min: [x, y],
                    max: [x + 1.5, y + 2.5],
                    offset: i * 100,
                }
            })
            .collect();
        let mut parents = Parents::default();
        leaves.iter().for_each(|n| parents.add(n));
        let (nodes, extent) = parents.finish();
        assert_eq!(nodes.len() as u64, first_leaf(700));
        let mut ours = Vec::new();
        nodes.iter().chain(&leaves).for_each(|n| n.write(&mut ours));

        use flatgeobuf::packed_r_tree::{NodeItem, PackedRTree, calc_extent};
        let items: Vec<NodeItem> = leaves
            .iter()
            .map(|n| NodeItem {
                offset: n.offset,
                ..NodeItem::bounds(n.min[0], n.min[1], n.max[0], n.max[1])
            })
            .collect();
        let tree = PackedRTree::build(&items, &calc_extent(&items), NODE_SIZE as u16).expect("a tree");
        let mut theirs = Vec::new();
        tree.stream_write(&mut theirs).expect("a vector takes all");
        assert_eq!(ours, theirs);
        assert_eq!((extent.min, extent.max), ([0.0, 0.0], [37.5, 20.5]));
    }
}
