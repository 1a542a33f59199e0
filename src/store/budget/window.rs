//! Counts in the parts of a sliding window.

use std::collections::BTreeMap;

use sea_orm::DbErr;

/// The number of parts of a window in addition to the current one. The budget holds for any period of this
/// many parts.
pub const PARTS: i64 = 24;

/// How many questions were counted in each part.
#[derive(Default)]
pub(in crate::store) struct Parts(BTreeMap<i64, i64>);

impl Parts {
    /// Parses `{"part":count}`, the database's form.
    pub(in crate::store) fn read(text: &str) -> Result<Self, DbErr> {
        serde_json::from_str(text)
            .map(Self)
            .map_err(|_| DbErr::Type("the parts of a budget".to_owned()))
    }

    /// The count of one part.
    pub(in crate::store) fn of(&self, part: i64) -> i64 {
        self.0.get(&part).copied().unwrap_or(0)
    }

    /// The count in the window that ends with a part.
    pub(in crate::store) fn in_window(&self, part: i64) -> i64 {
        self.0.range(part - PARTS..=part + PARTS).map(|(_, count)| count).sum()
    }

    /// Whether this many more questions would exceed the limit in the window of a part.
    pub(super) fn exceeds(&self, part: i64, questions: i64, allowed: i64) -> bool {
        self.in_window(part) + questions > allowed
    }

    /// The first part with room for this many questions, if nothing else is asked meanwhile. If there never
    /// is room, the part in which everything counted so far, the current part included, has expired.
    pub(in crate::store) fn room_from(&self, part: i64, questions: i64, allowed: i64) -> i64 {
        let counted = self.0.range(part - PARTS..=part + PARTS);
        let mut exceeds = counted.clone().map(|(_, count)| count).sum::<i64>() + questions - allowed;
        for (counted_in, count) in counted {
            exceeds -= count;
            if exceeds <= 0 {
                return (counted_in + PARTS + 1).max(part + 1);
            }
        }
        part + PARTS + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_when_enough_has_left_the_window() {
        let parts = Parts::read(r#"{"100":3,"104":2,"110":5}"#).unwrap();
        assert_eq!(
            parts.room_from(110, 1, 10),
            125,
            "one question, when the first three have left"
        );
        assert_eq!(parts.room_from(110, 3, 10), 125);
        assert_eq!(parts.room_from(110, 4, 10), 129);
        assert_eq!(parts.room_from(110, 10, 10), 135, "all");
        assert_eq!(parts.room_from(110, 11, 10), 135, "more than there ever is room for");
        assert_eq!(
            parts.room_from(126, 6, 10),
            135,
            "what has left the window counts no more"
        );
        assert_eq!(Parts::default().room_from(110, 1, 0), 135);
    }

    #[test]
    fn counts_of_parts_of_another_length_are_ignored() {
        let parts = Parts::read(r#"{"900000":10}"#).unwrap();
        assert_eq!(parts.of(900_000), 10);
        assert_eq!(parts.room_from(110, 1, 0), 135);
    }
}
