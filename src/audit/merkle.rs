//! The Merkle tree over a chain (RFC 9162, section 2.1): one root hash stands for all entries, and a few
//! hashes prove that an entry is among them.
//!
//! Pure. A leaf is the 32 bytes of an entry's hash; the entry with sequence number `n` is leaf `n - 1`.
//! Leaves and nodes are hashed with different prefixes, so that one cannot be passed off as the other.

use std::ops::Range;

use super::hash::Hash;

/// The longest inclusion proof: a tree has fewer than 2^63 leaves.
pub const MAX_PROOF: usize = 63;

fn leaf(data: &Hash) -> Hash {
    Hash::of(&[&[0], data.as_bytes()])
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// A Merkle tree that leaves are appended to, stored as the roots of its complete subtrees: one for each 1
/// bit of the number of leaves, the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MerkleTree {
    size: u64,
    roots: Vec<Hash>,
}

impl MerkleTree {
    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf.
    pub fn push(&mut self, data: &Hash) {
        self.push_hashed(leaf(data));
    }

    fn push_hashed(&mut self, mut root: Hash) {
        // Each trailing 1 bit is a subtree of the same size as the one now appended.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                root = node(&left, &root);
            }
        }
        self.roots.push(root);
        self.size += 1;
    }

    /// The root; the hash of nothing if there are no leaves.
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        match roots.next() {
            None => Hash::of(&[]),
            Some(last) => roots.fold(*last, |right, left| node(left, &right)),
        }
    }
}

/// The subtrees of a tree of `size` leaves whose roots prove that it contains leaf `index`, from the leaf
/// upwards.
fn parts(index: u64, size: u64) -> Vec<Range<u64>> {
    let (mut from, mut to) = (0, size);
    let mut parts = Vec::new();
    while to - from > 1 {
        // The left subtree is the largest power of two that is smaller than the whole.
        let middle = from + (1 << (to - from - 1).ilog2());
        if index < middle {
            parts.push(middle..to);
            to = middle;
        } else {
            parts.push(from..middle);
            from = middle;
        }
    }
    parts.reverse();
    parts
}

/// Builds an inclusion proof from all leaves in order, in little memory.
#[derive(Debug)]
pub struct Prover {
    index: u64,
    size: u64,
    parts: Vec<(Range<u64>, MerkleTree)>,
    whole: MerkleTree,
}

impl Prover {
    /// A proof that leaf `index` is among the first `size` leaves; `None` if it is not.
    pub fn new(index: u64, size: u64) -> Option<Self> {
        (index < size && size < 1 << MAX_PROOF).then(|| Self {
            index,
            size,
            parts: parts(index, size)
                .into_iter()
                .map(|part| (part, MerkleTree::default()))
                .collect(),
            whole: MerkleTree::default(),
        })
    }

    /// Adds the next leaf; leaves beyond the tree are ignored.
    pub fn push(&mut self, data: &Hash) {
        let at = self.whole.size;
        if at < self.size {
            self.whole.push(data);
            if let Some((_, part)) = self.parts.iter_mut().find(|(range, _)| range.contains(&at)) {
                part.push(data);
            }
        }
    }

    /// The index of the leaf to be proved.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The proof and the root of the tree, once all leaves have been added.
    pub fn finish(self) -> Option<(Vec<Hash>, Hash)> {
        let proof = self.parts.iter().map(|(_, part)| part.root()).collect();
        (self.whole.size == self.size).then(|| (proof, self.whole.root()))
    }
}

/// The root that a proof leads to from leaf `index`, `data`, in a tree of `size` leaves. `None` if the proof
/// does not have the length that such a tree requires.
pub fn root_from_proof(data: &Hash, index: u64, size: u64, proof: &[Hash]) -> Option<Hash> {
    if index >= size || size >= 1 << MAX_PROOF {
        return None;
    }
    let parts = parts(index, size);
    (parts.len() == proof.len()).then(|| {
        let up = parts.iter().zip(proof);
        up.fold(leaf(data), |root, (part, other)| {
            if part.start > index {
                node(&root, other)
            } else {
                node(other, &root)
            }
        })
    })
}

#[cfg(test)]
mod tests;
