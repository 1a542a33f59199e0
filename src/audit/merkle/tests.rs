//! Tests of `merkle`.

use super::*;

/// The tree by the recursive definition in RFC 9162.
fn naive(leaves: &[Hash]) -> Hash {
    match leaves.len() {
        0 => Hash::of(&[]),
        1 => leaf(&leaves[0]),
        count => {
            let middle = left_of(count);
            node(&naive(&leaves[..middle]), &naive(&leaves[middle..]))
        }
    }
}

/// The largest power of two below.
fn left_of(count: usize) -> usize {
    let mut middle = 1;
    while middle * 2 < count {
        middle *= 2;
    }
    middle
}

/// The proof by the recursive definition in RFC 9162.
fn naive_proof(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let middle = left_of(leaves.len());
    if index < middle {
        let mut proof = naive_proof(index, &leaves[..middle]);
        proof.push(naive(&leaves[middle..]));
        proof
    } else {
        let mut proof = naive_proof(index - middle, &leaves[middle..]);
        proof.push(naive(&leaves[..middle]));
        proof
    }
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|number| Hash::of(&[&number.to_be_bytes()])).collect()
}

fn tree(leaves: &[Hash]) -> MerkleTree {
    let mut tree = MerkleTree::default();
    for data in leaves {
        tree.push(data);
    }
    tree
}

#[test]
fn hashes_match_the_published_vectors() {
    // The vectors that implementations of Certificate Transparency are tested with: trees over the first
    // 0 to 8 of these.
    let data: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut tree = MerkleTree::default();
    for (root, next) in roots.into_iter().zip(data.map(Some).into_iter().chain([None])) {
        assert_eq!(tree.root().to_string(), root, "{}", tree.size());
        if let Some(data) = next {
            tree.push_hashed(Hash::of(&[&[0], data]));
        }
    }
}

#[test]
fn a_growing_tree_matches_the_definition() {
    let all = leaves(300);
    let mut growing = MerkleTree::default();
    for count in 0..all.len() {
        assert_eq!(growing.root(), naive(&all[..count]), "{count}");
        assert_eq!(growing.roots.len(), count.count_ones() as usize);
        growing.push(&all[count]);
    }
}

#[test]
fn proofs_hold_for_their_own_leaf_only() {
    let all = leaves(67);
    for size in 1..=all.len() {
        let root = tree(&all[..size]).root();
        for index in 0..size {
            let (at, of) = (index as u64, size as u64);
            let mut prover = Prover::new(at, of).unwrap();
            for data in &all {
                prover.push(data);
            }
            let (proof, whole) = prover.finish().unwrap();
            assert_eq!(proof, naive_proof(index, &all[..size]), "{index} of {size}");
            assert_eq!(whole, root);
            assert_eq!(root_from_proof(&all[index], at, of, &proof), Some(root));
            assert_ne!(
                root_from_proof(&all[(index + 1) % all.len()], at, of, &proof),
                Some(root)
            );
            assert_ne!(
                root_from_proof(&all[index], (at + 1) % of, of, &proof),
                Some(root).filter(|_| of > 1)
            );
            for bit in 0..proof.len() {
                let mut wrong = proof.clone();
                wrong[bit] = all[0];
                assert_ne!(root_from_proof(&all[index], at, of, &wrong), Some(root));
            }
            let longer: Vec<_> = proof.iter().copied().chain([root]).collect();
            assert_eq!(root_from_proof(&all[index], at, of, &longer), None);
        }
    }
}

#[test]
fn impossible_proofs_are_rejected() {
    let some = leaves(1)[0];
    for (index, size) in [(0, 0), (1, 1), (u64::MAX, u64::MAX), (0, u64::MAX), (0, 1 << 63)] {
        assert!(Prover::new(index, size).is_none());
        assert_eq!(root_from_proof(&some, index, size, &[]), None);
    }
    let largest = (1 << 63) - 1;
    assert!(root_from_proof(&some, largest - 1, largest, &[]).is_none());
    assert!(parts(0, largest).len() <= MAX_PROOF);
    assert!(
        Prover::new(0, 2).unwrap().finish().is_none(),
        "not all leaves were given"
    );
}
