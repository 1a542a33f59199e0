//! A bounded number of families, those that were asked for least lately forgotten first.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::{KnownFamily, Shape, View};

/// More shapes than partners have use for: beyond it everything is forgotten.
const SHAPES: usize = 256;

/// The authority, the number of the shape, and the family.
type Place = (i32, usize, Uuid);

/// Families in two halves: what is asked for moves to the young one, and when that is full it takes the place of the old one, which is forgotten.
#[derive(Debug)]
pub(super) struct Bounded {
    half: usize,
    shapes: HashMap<Shape, usize>,
    young: HashMap<Place, (u64, Arc<KnownFamily>)>,
    old: HashMap<Place, (u64, Arc<KnownFamily>)>,
}

impl Bounded {
    pub(super) fn new(most: usize) -> Self {
        Self {
            half: most.div_ceil(2),
            shapes: HashMap::new(),
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    pub(super) fn get(&mut self, view: &View, shape: &Shape, keys: &[Uuid]) -> Vec<Option<Arc<KnownFamily>>> {
        let Some(shape) = self.shapes.get(shape).copied() else {
            return vec![None; keys.len()];
        };
        keys.iter()
            .map(|key| self.one(view.epoch, (view.authority, shape, *key)))
            .collect()
    }

    fn one(&mut self, epoch: u64, place: Place) -> Option<Arc<KnownFamily>> {
        if let Some((kept_under, family)) = self.young.get(&place) {
            return (*kept_under == epoch).then(|| Arc::clone(family));
        }
        let (kept_under, family) = self.old.remove(&place)?;
        if kept_under != epoch {
            return None;
        }
        self.keep(place, epoch, Arc::clone(&family));
        Some(family)
    }

    pub(super) fn put(&mut self, view: &View, shape: &Shape, read: impl Iterator<Item = Arc<KnownFamily>>) {
        let shape = match self.shapes.get(shape) {
            Some(number) => *number,
            None => {
                if self.shapes.len() >= SHAPES {
                    *self = Self::new(self.half * 2);
                }
                let number = self.shapes.len();
                self.shapes.insert(shape.clone(), number);
                number
            }
        };
        for family in read {
            let place = (view.authority, shape, family.facts.family);
            self.old.remove(&place);
            self.keep(place, view.epoch, family);
        }
    }

    fn keep(&mut self, place: Place, epoch: u64, family: Arc<KnownFamily>) {
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(place, (epoch, family));
    }

    /// Forgets a family in every shape.
    pub(super) fn forget(&mut self, authority: i32, family: Uuid) {
        for shape in 0..self.shapes.len() {
            let place = (authority, shape, family);
            self.young.remove(&place);
            self.old.remove(&place);
        }
    }
}
