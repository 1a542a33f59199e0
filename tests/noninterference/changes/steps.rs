//! Why plans have no goal for a criterion, and which steps were taken with them.

use chrono::{NaiveTime, TimeZone as _, Utc};

use super::maker::Maker;
use crate::world::Folder;

/// Changes a row of one of these tables.
pub(super) fn change(m: &mut Maker<'_>, folder: &mut Folder) -> &'static str {
    if m.chance.percent(50) {
        let criterion = m.criterion();
        let row = row_of!(m, folder, without_goals);
        if let Some(criterion) = criterion {
            change!(m, row, criterion = criterion);
        }
        change!(m, row, reason = m.text());
        return "without_goals";
    }
    let taken_at = Utc.from_utc_datetime(&m.day().and_time(NaiveTime::MIN));
    let row = row_of!(m, folder, plan_histories);
    change!(
        m,
        row,
        step = m.code(),
        before = m.code_if_any(),
        after = m.code(),
        taken_at = taken_at,
        agency_id = m.agency(),
        subject = m.text()
    );
    "plan_histories"
}
