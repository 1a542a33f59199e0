//! Finds or creates the authority whose data is imported.

use super::job::{ImportArgs, ImportJob};
use crate::{
    cli::failure::Failure,
    records::{AuthorityRow, MARKER_ADVICE},
    store::{bulk::Load, dataset::Dataset},
};

/// The number of an authority that does not exist yet.
pub(super) const UNASSIGNED: i32 = 0;

impl ImportJob<'_> {
    /// The number of the authority, which is created if that was requested; `None` in a dry run that would
    /// create it.
    pub(super) async fn authority(&self, arguments: &ImportArgs, code: &str) -> Result<Option<i32>, Failure> {
        let line = |text: &Option<String>, most, what| {
            let text = text.as_deref().map(|text| text.trim().to_owned());
            let bad = |text: &String| text.is_empty() || text.len() > most || text.chars().any(char::is_control);
            if text.as_ref().is_some_and(bad) {
                return Err(Failure::usage(format!("{what} is one line of 1 to {most} characters")));
            }
            Ok(text)
        };
        let advice = line(&arguments.marker_advice, 1000, "what to do about a marker")?;
        let number = line(&arguments.number_to_ring, 100, "the number to ring")?;
        if let Some(found) = self.store.authority_named(code).await.map_err(Failure::problem)? {
            if advice.is_some() || number.is_some() {
                let load = Load::begin(self.databases).await.map_err(Failure::problem)?;
                load.advise(found.id, advice, number).await.map_err(Failure::problem)?;
                load.commit().await.map_err(Failure::problem)?;
            }
            return Ok(Some(found.id));
        }
        let Some(name) = &arguments.new_authority else {
            return Err(Failure::problem(
                "the database has no authority of that code; --new-authority NAME makes it",
            ));
        };
        let is_code = |text: &str| {
            (1..=200).contains(&text.len())
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        if !is_code(code) || name.trim().is_empty() || name.chars().any(char::is_control) || name.len() > 400 {
            return Err(Failure::usage(
                "an authority's code is of letters, digits, -, _ and . only, and its name is not empty",
            ));
        }
        if self.trail.is_none() {
            return Ok(None);
        }
        let mut load = Load::begin(self.databases).await.map_err(Failure::problem)?;
        let row = AuthorityRow {
            id: load.free_authority_number().await.map_err(Failure::problem)?,
            code: code.to_owned(),
            name: name.clone(),
            own_consent_age: 13,
            emergency_hours: 8,
            suppression_threshold: 5,
            marker_advice: advice.unwrap_or_else(|| MARKER_ADVICE.to_owned()),
            number_to_ring: number,
        };
        let id = row.id;
        let data = Dataset {
            authorities: vec![row],
            ..Dataset::default()
        };
        load.add(&data, &mut |_| {}).await.map_err(Failure::problem)?;
        load.commit().await.map_err(Failure::problem)?;
        Ok(Some(id))
    }
}
