//! Reading the trail past the server: what its database holds.

use thinkfamily::{
    audit::{
        Entry, EntryRef,
        export::{Line, Lines, export},
    },
    store::{connect::Databases, trail::TrailStore},
};

/// Every entry of every chain, with its canonical JSON; chain by chain.
pub(crate) async fn entries(databases: &Databases) -> Vec<(Entry, String)> {
    let placed = placed(databases).await.into_iter();
    placed.map(|(_, entry, body)| (entry, body)).collect()
}

/// The same with their places.
pub(crate) async fn placed(databases: &Databases) -> Vec<(EntryRef, Entry, String)> {
    let mut file = Vec::new();
    export(&TrailStore::of(databases), false, &mut file)
        .await
        .expect("the trail can be read");
    let (mut lines, mut placed) = (Lines::new(&file[..]), Vec::new());
    while let Some((_, line)) = lines.next_line().expect("a line") {
        if let Line::Entry(row) = line {
            let place = EntryRef {
                chain: row.chain,
                seq: row.seq,
            };
            placed.push((place, Entry::from_body(&row.body).expect("an entry"), row.body));
        }
    }
    placed
}
