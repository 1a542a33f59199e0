//! What was counted in the parts of a window.

use std::collections::BTreeMap;

use sea_orm::DbErr;

/// How many parts a window has besides the one that has begun. A client's budget holds for any time of so many parts.
pub const PARTS: i64 = 24;

/// How many questions were counted in which part.
#[derive(Default)]
pub(in crate::store) struct Parts(BTreeMap<i64, i64>);

impl Parts {
    /// `{"part":count}`, as the database has it.
    pub(in crate::store) fn read(text: &str) -> Result<Self, DbErr> {
        serde_json::from_str(text)
            .map(Self)
            .map_err(|_| DbErr::Type("the parts of a budget".to_owned()))
    }

    /// What was counted in one part.
    pub(in crate::store) fn of(&self, part: i64) -> i64 {
        self.0.get(&part).copied().unwrap_or(0)
    }

    /// What was counted in the window that ends with a part.
    pub(in crate::store) fn in_window(&self, part: i64) -> i64 {
        self.0.range(part - PARTS..=part + PARTS).map(|(_, count)| count).sum()
    }

    /// Whether so many questions more would be too many in the window of a part.
    pub(super) fn over(&self, part: i64, questions: i64, allowed: i64) -> bool {
        self.in_window(part) + questions > allowed
    }

    /// From which part on so many questions have room, if nothing is asked meanwhile. Where they never have, it is the part in which all that is
    /// counted now, and in the part that has begun, counts no more.
    pub(in crate::store) fn room_from(&self, part: i64, questions: i64, allowed: i64) -> i64 {
        let counted = self.0.range(part - PARTS..=part + PARTS);
        let mut over = counted.clone().map(|(_, count)| count).sum::<i64>() + questions - allowed;
        for (counted_in, count) in counted {
            over -= count;
            if over <= 0 {
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
    fn what_was_counted_by_parts_of_another_length_is_passed_over() {
        let parts = Parts::read(r#"{"900000":10}"#).unwrap();
        assert_eq!(parts.of(900_000), 10);
        assert_eq!(parts.room_from(110, 1, 0), 135);
    }
}
