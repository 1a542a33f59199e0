//! All look-ups of an operation at once: counted, looked up in one statement, compared, decided about, and only then answered.
//!
//! The order is what keeps hidden people hidden. Whoever is compared counts for nothing until the decision says that the asker may find them, so neither
//! a match nor a doubt tells of anybody else. And the same is read whether anybody was found or not: for a question that leads to nobody another
//! family is read in their place, and thrown away.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{input::Question, tries::Stopped};
use crate::{
    error::Retry,
    graphql::{api_error::ApiError, context::Request, objects::Marker},
    matching::{Comparison, Field, Score, Verdict, verdict},
    sharing::{
        category::{Category, CategorySet},
        grant::{Grant, Granted},
        register::field,
    },
    store::{
        budget::{Admission, Asked, Holder},
        candidates::{CandidateSearch, Compared},
        dossier::Dossier,
        reach::FamilySet,
    },
};

/// Questions that are compared before others get a turn.
const AT_A_TIME: usize = 32;

/// Who was found.
#[derive(Clone)]
pub(super) enum Found {
    /// One person, whose families have these markers: at least one, first that of the family that they joined last.
    Matched {
        /// That they may be found.
        found: Granted,
        markers: Vec<Marker>,
        /// What the asker may be told of the comparison.
        compared: Vec<(Comparison, Granted)>,
    },
    /// Somebody may fit, who may be found.
    Ambiguous(Granted),
    /// Nobody of whom the asker may know.
    Nobody,
    /// Nobody was looked for, since the asker tries values.
    Stopped(Stopped),
}

/// What an operation looked up, for the trail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// How many were found.
    pub matched: u64,
    /// How many may have been.
    pub ambiguous: u64,
    /// How many were not.
    pub not_found: u64,
    /// The families of those who were found, or may have been.
    pub families: BTreeSet<Uuid>,
    /// The questions that were stopped.
    pub stopped: Vec<Stopped>,
}

impl Looked {
    /// How many questions were answered.
    pub fn answered(&self) -> u64 {
        self.matched + self.ambiguous + self.not_found
    }

    /// How many questions were stopped, by what they tried.
    pub fn by_kind(&self) -> BTreeMap<&'static str, i32> {
        let mut kinds = BTreeMap::new();
        for stopped in &self.stopped {
            *kinds.entry(stopped.code()).or_default() += 1;
        }
        kinds
    }

    /// Whether anybody was asked about.
    pub fn any(&self) -> bool {
        self.answered() > 0 || !self.stopped.is_empty()
    }
}

type Answers = Result<Arc<Vec<Found>>, ApiError>;

/// Where the fields of one operation put their questions, so that all are answered together.
#[derive(Default)]
pub struct Desk {
    waiting: Mutex<(Vec<Question>, Arc<OnceCell<Answers>>)>,
    looked: Mutex<Looked>,
    asked: AtomicBool,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

impl Desk {
    /// Whether anything was asked, whatever became of it.
    pub fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Takes what was looked up.
    pub fn take_looked(&self) -> Looked {
        std::mem::take(&mut self.looked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The answers to some questions, in their order.
    pub(super) async fn ask(&self, request: &Request, questions: Vec<Question>) -> Result<Vec<Found>, ApiError> {
        let count = questions.len();
        if count == 0 {
            return Ok(Vec::new());
        }
        self.asked();
        let (from, round) = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let from = waiting.0.len();
            waiting.0.extend(questions);
            (from, Arc::clone(&waiting.1))
        };
        // Every other field of the operation puts its questions meanwhile.
        tokio::task::yield_now().await;
        let answers = round
            .get_or_init(|| async {
                let questions = {
                    let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                    std::mem::take(&mut *waiting).0
                };
                self.answer(request, questions).await.map(Arc::new)
            })
            .await;
        match answers {
            Ok(all) => Ok(all.iter().skip(from).take(count).cloned().collect()),
            Err(error) => Err(error.clone()),
        }
    }

    /// Says that somebody was asked about.
    pub(super) fn asked(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Notes what was looked up.
    pub(super) fn note(&self, note: impl FnOnce(&mut Looked)) {
        note(&mut self.looked.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn answer(&self, request: &Request, questions: Vec<Question>) -> Result<Vec<Found>, ApiError> {
        let stopped = admit(request, &questions).await?;
        // At once, so that it is told whatever becomes of the rest.
        self.note(|looked| looked.stopped.extend(stopped.iter().flatten()));
        let compared = compare(request, &questions, &stopped).await?;
        let Comparisons {
            people,
            families,
            households,
        } = compared;
        let read = request
            .session
            .dossiers_anew(&request.ceiling, &FamilySet::Keys(families), request.wants)
            .await?;
        let dossiers: HashMap<Uuid, Arc<Dossier>> = read.into_iter().map(|dossier| (dossier.key(), dossier)).collect();
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let mut note = |standing: &[Standing]| {
            for one in standing {
                request.disclose(one.found.disclosed());
                looked
                    .families
                    .extend(one.markers.iter().map(|marker| marker.dossier.key()));
            }
        };
        let mut found = Vec::with_capacity(people.len());
        for (people, stopped) in people.into_iter().zip(stopped) {
            if let Some(stopped) = stopped {
                found.push(Found::Stopped(stopped));
                continue;
            }
            let standing = may_be_found(people, &households, &dossiers);
            let scores = standing.iter().map(|one| &one.score);
            found.push(match verdict(scores, &request.services.lookups.thresholds) {
                Verdict::Matched(place) => {
                    let one = &standing[place];
                    note(std::slice::from_ref(one));
                    for marker in &one.markers {
                        request.disclose(&marker.row().existence());
                    }
                    Found::Matched {
                        found: one.found.clone(),
                        compared: explained(one),
                        markers: one.markers.clone(),
                    }
                }
                Verdict::Ambiguous => {
                    note(&standing);
                    // There is somebody: else nobody could be meant. All of them are noted.
                    standing
                        .first()
                        .map_or(Found::Nobody, |one| Found::Ambiguous(one.found.clone()))
                }
                Verdict::NotFound => Found::Nobody,
            });
        }
        for found in &found {
            match found {
                Found::Matched { .. } => looked.matched += 1,
                Found::Ambiguous(_) => looked.ambiguous += 1,
                Found::Nobody => looked.not_found += 1,
                Found::Stopped(_) => {}
            }
        }
        Ok(found)
    }
}

/// Counts the questions, whatever becomes of them, and says of each whether it is stopped.
pub(super) async fn admit(request: &Request, questions: &[Question]) -> Result<Vec<Option<Stopped>>, ApiError> {
    let (settings, caller) = (&request.services.lookups, request.ceiling.caller());
    let now = request.session.now();
    let part = settings.part_of(now);
    let holder = Holder {
        authority: request.authority(),
        agency: caller.principal.agency,
        client: &caller.client,
        part,
        allowed: settings.budget,
        agency_allowed: settings.agency_budget,
        repeats: settings.repeats,
    };
    let digests: Vec<i64> = questions
        .iter()
        .map(|question| {
            settings.digest(&[
                &holder.authority.to_be_bytes(),
                holder.agency.as_bytes(),
                holder.client.as_bytes(),
                question.canonical().as_bytes(),
            ])
        })
        .collect();
    let tries = settings.tries(caller, questions, now);
    let asked = Asked {
        digests: &digests,
        trials: &tries.trials,
        by: tries.by,
        days: tries.days,
    };
    match request
        .session
        .admit_questions(&request.services.store, holder, asked)
        .await?
    {
        Admission::Granted(stops) => {
            let stopped = stops.into_iter().enumerate();
            Ok(stopped
                .map(|(question, stop)| stop.map(|stop| tries.stopped(question, stop, now)))
                .collect())
        }
        Admission::Spent { room_from } => {
            let at = settings.start_of(room_from).unwrap_or(now);
            Err(ApiError::TooManyRequests(Retry::at(at, now)))
        }
    }
}

/// Who might be meant by each question, and the families to read.
struct Comparisons {
    people: Vec<Vec<Compared>>,
    families: Vec<Uuid>,
    /// All families of each of these people, of which each may be answered.
    households: HashMap<Uuid, Vec<Uuid>>,
}

/// For a question that is stopped nobody is looked for, and the same is read as for one that leads to nobody.
async fn compare(
    request: &Request,
    questions: &[Question],
    stopped: &[Option<Stopped>],
) -> Result<Comparisons, ApiError> {
    let settings = &request.services.lookups;
    let answered = || questions.iter().zip(stopped).filter(|(_, stopped)| stopped.is_none());
    let keys: BTreeSet<i64> = answered().flat_map(|(question, _)| &question.keys).copied().collect();
    let keys: Vec<i64> = keys.into_iter().collect();
    let mixed = mixed(&keys);
    let describes = |has: fn(&Question) -> bool| questions.iter().any(has);
    let look = CandidateSearch {
        identifiers: describes(|question| !question.description.identifiers.is_empty()),
        places: describes(|question| question.description.postcode.is_some() || question.description.address.is_some()),
        decoys_from: Uuid::from_u64_pair(mixed, mixed),
        decoys: questions.len(),
        beyond_cohort: false,
    };
    let candidates = request.session.candidates(&keys, look, &HashSet::new()).await?;
    let mut people = Vec::with_capacity(questions.len());
    for (number, (question, stopped)) in questions.iter().zip(stopped).enumerate() {
        if number % AT_A_TIME == AT_A_TIME - 1 {
            tokio::task::yield_now().await;
        }
        let mut compared = match stopped {
            None => candidates.compared(&settings.model, &question.description, &question.keys),
            Some(_) => Vec::new(),
        };
        compared.retain(|one| one.score.weight >= settings.thresholds.lower && one.score.says_enough());
        people.push(compared);
    }
    let households = candidates.households(&people.iter().flatten().map(|one| one.person).collect());
    let mut families: BTreeSet<Uuid> = households.values().flatten().copied().collect();
    // As many families as there are questions, however many of them lead to the same person or to nobody: else a question that is repeated in one operation would tell.
    for decoy in candidates.decoys() {
        if families.len() >= questions.len() {
            break;
        }
        families.insert(*decoy);
    }
    Ok(Comparisons {
        people,
        families: families.into_iter().collect(),
        households,
    })
}

/// A number that the keys come to: the same for the same ones, and about as often one as another.
pub(super) fn mixed(keys: &[i64]) -> u64 {
    keys.iter()
        .fold(0, |mixed, key| mixed.rotate_left(7) ^ key.cast_unsigned())
}

/// A person whom the asker may find.
struct Standing {
    person: Uuid,
    /// By what is recorded in the family that fits best, of those whose marker the asker may know of.
    score: Score,
    found: Granted,
    /// The grant of that family.
    grant: Arc<Grant>,
    /// Those of all their families of whose marker the asker may know.
    markers: Vec<Marker>,
}

/// Those of the people whom the asker may find, each once.
fn may_be_found(
    people: Vec<Compared>,
    households: &HashMap<Uuid, Vec<Uuid>>,
    dossiers: &HashMap<Uuid, Arc<Dossier>>,
) -> Vec<Standing> {
    let mut by_person: BTreeMap<Uuid, Vec<(Uuid, Score)>> = BTreeMap::new();
    for one in people {
        by_person.entry(one.person).or_default().push((one.family, one.score));
    }
    let standing = |(person, scores): (Uuid, Vec<(Uuid, Score)>)| {
        let seen: Vec<(Uuid, Marker, Granted)> = households
            .get(&person)?
            .iter()
            .filter_map(|family| {
                let dossier = dossiers.get(family)?;
                Some((*family, Marker::seen(dossier)?, dossier.grant.finds(person)?))
            })
            .collect();
        // Of scores that are alike the last counts: that of the family joined last.
        let fitting = seen.iter().rev().flat_map(|(family, marker, found)| {
            let scores = scores.iter().filter(move |(of, _)| of == family);
            scores.map(move |(_, score)| (score.clone(), (marker, found)))
        });
        let (score, (marker, found)) = Score::best(fitting.collect())?;
        Some(Standing {
            person,
            score,
            found: found.clone(),
            grant: Arc::clone(marker.row().grant()),
            markers: seen.iter().map(|(_, marker, _)| marker.clone()).collect(),
        })
    };
    by_person.into_iter().filter_map(standing).collect()
}

/// What the asker may be told of how somebody was found.
fn explained(one: &Standing) -> Vec<(Comparison, Granted)> {
    let fields = one.score.fields.iter();
    fields
        .filter_map(|comparison| {
            let categories = match comparison.field {
                Field::Postcode | Field::Address => CategorySet::of(&[Category::Contact]),
                Field::Identifiers => CategorySet::of(&[Category::Identifier]),
                Field::FamilyName | Field::GivenName | Field::DateOfBirth | Field::Sex => CategorySet::EMPTY,
            };
            let explained = one
                .grant
                .explains(field::MATCH_COMPARISON_LEVEL, one.person, categories)?;
            Some((*comparison, explained))
        })
        .collect()
}
