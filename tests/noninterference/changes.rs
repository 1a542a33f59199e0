//! Changes of any row and any value, of which those are made that a caller cannot see.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use thinkfamily::sharing::category::Category;
use uuid::Uuid;

use crate::{chance::Chance, world::Folder};

const CRITERIA: [&str; 8] = [
    "CRIME",
    "EDUCATION",
    "CHILDREN_NEEDING_HELP",
    "WORK",
    "DOMESTIC_ABUSE",
    "HEALTH",
    "PARENT_MENTAL_HEALTH",
    "FUNDED_TWO_YEAR_OLD",
];
const KINDS: [&str; 8] = [
    "police",
    "jobcentre_plus",
    "childrens_social_care",
    "early_help",
    "school",
    "health",
    "housing",
    "voluntary_sector",
];
const RELATIONSHIPS: [&str; 6] = ["mother", "father", "partner", "child", "grandparent", "other"];

/// What changes draw from: the agencies of an authority, and the words that families' values have.
pub(crate) struct Words {
    pub(crate) agencies: Vec<Uuid>,
    pub(crate) texts: Vec<String>,
    pub(crate) measures: Vec<String>,
    pub(crate) domains: Vec<String>,
    pub(crate) today: NaiveDate,
}

struct Maker<'a> {
    chance: &'a mut Chance,
    words: &'a Words,
}

impl Maker<'_> {
    fn text(&mut self) -> String {
        if self.chance.percent(50) {
            let at = self.chance.number(0, self.words.texts.len() - 1);
            self.words.texts[at].clone()
        } else {
            let of = "abcdefghijklmnopqrstuvwxyzÀé ".chars().collect::<Vec<_>>();
            let length = self.chance.number(0, 60);
            (0..length).map(|_| self.chance.pick(&of)).collect()
        }
    }

    fn text_if_any(&mut self) -> Option<String> {
        self.chance.percent(75).then(|| self.text())
    }

    fn day(&mut self) -> NaiveDate {
        let days = if self.chance.percent(50) {
            self.chance.number(0, 60)
        } else {
            self.chance.number(0, 6_000)
        };
        self.words.today + Days::new(20) - Days::new(u64::try_from(days).unwrap())
    }

    fn day_if_any(&mut self) -> Option<NaiveDate> {
        self.chance.percent(60).then(|| self.day())
    }

    fn instant(&mut self) -> DateTime<Utc> {
        let seconds = TimeDelta::seconds(self.small(0, 86_399).into());
        self.day().and_hms_opt(0, 0, 0).unwrap().and_utc() + seconds
    }

    fn small(&mut self, least: usize, most: usize) -> i32 {
        i32::try_from(self.chance.number(least, most)).unwrap()
    }

    fn agency(&mut self) -> Uuid {
        self.chance.pick(&self.words.agencies)
    }

    fn one(&mut self, of: &[&str]) -> String {
        self.chance.pick(of).to_owned()
    }

    fn one_if_any(&mut self, of: &[&str]) -> Option<String> {
        self.chance.percent(70).then(|| self.one(of))
    }

    fn criterion(&mut self) -> Option<String> {
        self.one_if_any(&CRITERIA)
    }

    fn person(&mut self, folder: &Folder) -> Uuid {
        let keys: Vec<Uuid> = folder.people.iter().map(|person| person.id).collect();
        self.chance.pick(&keys)
    }

    fn person_if_any(&mut self, folder: &Folder) -> Option<Uuid> {
        self.chance.percent(70).then(|| self.person(folder))
    }

    fn category(&mut self) -> String {
        self.chance.pick(&Category::ALL).code().to_owned()
    }

    /// Which row of so many; none when there are none.
    fn which(&mut self, rows: usize) -> Option<usize> {
        (rows > 0).then(|| self.chance.number(0, rows - 1))
    }

    /// Whether a row that is changed is changed here too: a little of it, or all.
    fn here(&mut self) -> bool {
        self.chance.percent(40)
    }
}

macro_rules! change {
    ($maker:ident, $row:expr, $($column:ident = $value:expr),+ $(,)?) => {{
        let row = &mut *$row;
        $(if $maker.here() { row.$column = $value; })+
    }};
}

/// Makes a random change of one table of a family: a row more, one less, or other values in one. Says which table.
#[expect(clippy::too_many_lines, reason = "one paragraph a table")]
pub(crate) fn change(folder: &mut Folder, chance: &mut Chance, words: &Words) -> &'static str {
    let mut m = Maker { chance, words };
    if folder.people.is_empty() {
        return "nobody";
    }
    let before = folder.clone();
    // A row of a table: a copy of one with another key, or one less, or the same; then its values are changed.
    macro_rules! row_of {
        ($rows:ident) => {{
            let Some(at) = m.which(folder.$rows.len()) else {
                return stringify!($rows);
            };
            match m.chance.number(0, 9) {
                0 | 1 => {
                    let mut copy = folder.$rows[at].clone();
                    copy.id = m.chance.key();
                    folder.$rows.push(copy);
                    folder.$rows.last_mut().unwrap()
                }
                2 => {
                    folder.$rows.remove(at);
                    return stringify!($rows);
                }
                _ => &mut folder.$rows[at],
            }
        }};
    }
    match m.chance.number(0, 19) {
        0 | 1 => {
            let Some(at) = m.which(folder.people.len()) else {
                return "people";
            };
            change!(
                m,
                &mut folder.people[at],
                given_name = m.text(),
                family_name = m.text(),
                date_of_birth = m.day(),
                sex = m.one(&["female", "male", "other", "unknown"]),
                ethnicity = m.text_if_any(),
                disability = m.text_if_any(),
                employment_status = m.text_if_any(),
                education_setting = m.text_if_any(),
                phone = m.text_if_any(),
                email = m.text_if_any(),
                shielded = m.chance.percent(50),
                source_agency_id = Some(m.agency()),
            );
            "people"
        }
        2 => {
            change!(
                m,
                &mut folder.family,
                reference = format!("TF-X{}", m.chance.key().simple()),
                district = m.text_if_any(),
                ward = m.text_if_any(),
                locality = m.text_if_any(),
                reach_area = m.text_if_any(),
                need_level = m.one_if_any(&["high_or_complex", "expert_help", "monitoring"]),
                route = m.one(&["nomination", "data"]),
                attached_on = m.day_if_any(),
                closed_on = m.day_if_any(),
            );
            "families"
        }
        3 => {
            let Some(at) = m.which(folder.memberships.len()) else {
                return "memberships";
            };
            let row = match m.chance.number(0, 5) {
                // Someone new in the family.
                0 | 1 => {
                    let (mut row, key) = (folder.memberships[at].clone(), m.chance.key());
                    let mut person = folder.person(row.person_id).unwrap().clone();
                    person.id = key;
                    person.given_name = m.text();
                    folder.people.push(person);
                    (row.id, row.person_id) = (m.chance.key(), key);
                    folder.memberships.push(row);
                    folder.memberships.last_mut().unwrap()
                }
                // Someone who was in it before as well.
                2 => {
                    let mut row = folder.memberships[at].clone();
                    row.id = m.chance.key();
                    row.valid_from = m.day();
                    row.valid_until = Some(row.valid_from + Days::new(30));
                    folder.memberships.push(row);
                    folder.memberships.last_mut().unwrap()
                }
                3 => {
                    let gone = folder.memberships.remove(at).person_id;
                    if !folder.memberships.iter().any(|row| row.person_id == gone) {
                        folder.forget(gone);
                    }
                    return "memberships";
                }
                _ => &mut folder.memberships[at],
            };
            change!(
                m,
                row,
                relationship = m.one(&RELATIONSHIPS),
                parental_responsibility = m.chance.percent(50),
                valid_from = m.day(),
                valid_until = m.day_if_any()
            );
            "memberships"
        }
        4 => {
            let row = row_of!(addresses);
            change!(
                m,
                row,
                line1 = m.text(),
                line2 = m.text_if_any(),
                town = m.text_if_any(),
                postcode = m.text(),
                valid_from = m.day(),
                valid_until = m.day_if_any()
            );
            "addresses"
        }
        5 => {
            let person = m.person(&before);
            let row = row_of!(local_identifiers);
            row.value = format!("Z{}", m.chance.key().simple());
            change!(
                m,
                row,
                person_id = person,
                system = m.one(&["police_reference", "nino", "upn", "nhs_number", "tenancy"])
            );
            "local_identifiers"
        }
        6 => {
            let person = m.person(&before);
            let row = row_of!(statutory_statuses);
            change!(
                m,
                row,
                person_id = person,
                status = m.one(&["child_in_need", "child_protection_plan", "looked_after", "sen", "ehcp"]),
                valid_from = m.day(),
                valid_until = m.day_if_any()
            );
            "statutory_statuses"
        }
        7 => {
            let row = row_of!(involvements);
            change!(
                m,
                row,
                agency_id = m.agency(),
                service_team = m.text_if_any(),
                contact_name = m.text(),
                contact_phone = m.text_if_any(),
                contact_email = m.text_if_any(),
                started_on = m.day(),
                ended_on = m.day_if_any()
            );
            "involvements"
        }
        8 => {
            let row = row_of!(lead_professionals);
            change!(
                m,
                row,
                agency_id = m.agency(),
                subject = m.text(),
                name = m.text(),
                phone = m.text_if_any(),
                email = m.text_if_any(),
                team = m.text_if_any(),
                valid_from = m.day(),
                valid_until = m.day_if_any()
            );
            "lead_professionals"
        }
        9 | 10 => {
            let person = m.person_if_any(&before);
            let row = row_of!(criteria_matches);
            change!(
                m,
                row,
                person_id = person,
                criterion = m.one(&CRITERIA),
                source_agency_id = m.agency(),
                evidence = m.text(),
                evidence_from = m.day(),
                evidence_until = m.day_if_any(),
                matched_by = m.one(&["data", "professional"]),
                verified_on = m.day_if_any(),
                withdrawn_on = m.day_if_any()
            );
            "criteria_matches"
        }
        11 => {
            let row = row_of!(assessments);
            change!(
                m,
                row,
                agency_id = m.agency(),
                kind = m.one(&["family_caf", "single_assessment", "asset"]),
                covers_all_members = m.chance.percent(50),
                started_on = m.day(),
                completed_on = m.day_if_any(),
                quality = m.one_if_any(&["outstanding", "good", "requires_improvement", "inadequate"])
            );
            "assessments"
        }
        12 => {
            let person = m.person_if_any(&before);
            let domain = m.chance.number(0, words.domains.len() - 1);
            let row = row_of!(distance_scores);
            change!(
                m,
                row,
                person_id = person,
                domain = words.domains[domain].clone(),
                review = m.small(0, 3),
                score = m.small(1, 5),
                scored_by = m.one(&["key_worker", "family"]),
                scored_on = m.day()
            );
            "distance_scores"
        }
        13 => {
            let row = row_of!(plans);
            change!(
                m,
                row,
                drawn_up_on = m.day(),
                agreed_on = m.day_if_any(),
                signed_by_family_on = m.day_if_any(),
                closure = m.one_if_any(&[
                    "wholly_achieved",
                    "partially_achieved",
                    "not_achieved",
                    "family_dropped_out"
                ])
            );
            if m.here() {
                row.status = m.one(&["draft", "agreed", "active", "closed"]);
                row.closed_on = (row.status == "closed").then(|| m.day());
            }
            "plans"
        }
        14 => {
            let row = row_of!(goals);
            change!(
                m,
                row,
                position = m.small(1, 9),
                description = m.text(),
                criterion = m.criterion(),
                status = m.one(&["open", "achieved", "not_achieved"])
            );
            "goals"
        }
        15 => {
            let row = row_of!(actions);
            change!(
                m,
                row,
                position = m.small(1, 9),
                description = m.text(),
                owner_agency_id = m.agency(),
                due_on = m.day_if_any(),
                done_on = m.day_if_any()
            );
            "actions"
        }
        16 => {
            let goals: Vec<Uuid> = before.goals.iter().map(|goal| goal.id).collect();
            let goal = (!goals.is_empty() && m.chance.percent(70)).then(|| m.chance.pick(&goals));
            let row = row_of!(outcomes);
            change!(
                m,
                row,
                goal_id = goal,
                criterion = m.criterion(),
                indicator = m.text(),
                kind = m.one(&["hard", "soft"]),
                baseline = m.text(),
                forecast = m.text_if_any(),
                result = m.text_if_any(),
                result_on = m.day_if_any(),
                evidence = m.text_if_any(),
                source_agency_id = Some(m.agency())
            );
            "outcomes"
        }
        17 => {
            if m.chance.percent(50) {
                let person = m.person_if_any(&before);
                let measure = m.chance.number(0, words.measures.len() - 1);
                let row = row_of!(progress_values);
                change!(
                    m,
                    row,
                    person_id = person,
                    measure = words.measures[measure].clone(),
                    stage = m.one(&["assessment", "closure"]),
                    value = m.small(0, 500),
                    period_to = m.day()
                );
                "progress_values"
            } else {
                let row = row_of!(markers);
                change!(
                    m,
                    row,
                    agency_id = m.agency(),
                    system = m.text(),
                    status = m.one(&["requested", "placed", "removed"]),
                    requested_on = m.day(),
                    placed_on = m.day_if_any(),
                    removed_on = m.day_if_any()
                );
                "markers"
            }
        }
        18 => {
            let row = row_of!(contacts);
            change!(
                m,
                row,
                agency_id = m.agency(),
                subject = m.text(),
                kind = m.one(&["incident", "visit", "call", "arrest", "other"]),
                urgency = m.one(&["routine", "soon", "immediate"]),
                occurred_at = m.instant(),
                recorded_at = m.instant(),
            );
            if m.here() {
                let noted = m.chance.percent(70);
                row.note = noted.then(|| format!("{}.", m.text()));
                row.note_category = noted.then(|| m.category());
            }
            "contacts"
        }
        _ => {
            if m.chance.percent(70) {
                let (person, by) = (m.person(&before), m.person(&before));
                let row = row_of!(consents);
                change!(
                    m,
                    row,
                    person_id = person,
                    decided_by = by,
                    category = m.category(),
                    agency_kind = m.one(&KINDS),
                    decision = m.one(&["given", "refused"]),
                    recorded_at = m.instant(),
                    expires_on = m.day_if_any(),
                    withdrawn_at = m.chance.percent(40).then(|| m.instant()),
                    recorded_by_agency = m.agency()
                );
                "consents"
            } else {
                let row = row_of!(emergency_accesses);
                change!(
                    m,
                    row,
                    agency_id = m.agency(),
                    subject = m.text(),
                    ground = m.one(&["safeguarding", "threat_to_life"]),
                    justification = m.text(),
                    opened_at = m.instant()
                );
                row.expires_at = row.opened_at + TimeDelta::hours(8);
                if row.closed_at.is_some_and(|closed| closed < row.opened_at) {
                    row.closed_at = None;
                }
                "emergency_accesses"
            }
        }
    }
}
