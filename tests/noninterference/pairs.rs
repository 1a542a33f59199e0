//! Pairs of data sets that differ in many places, and in none that a caller may see.

use std::{collections::BTreeMap, sync::Arc};

use thinkfamily::{
    catalogue,
    clock::Ids,
    demo,
    graphql::ids::{Codec, Key, Kind},
    records::BarredSubjectRow,
    sharing::{caller::Caller, ceiling::Ceiling, register},
};
use uuid::Uuid;

use crate::{
    base_data::{bar, check_access, fill_in, hold_meetings, house, open_emergencies, report_contacts, take_steps},
    callers::Office,
    chance::Chance,
    changes::{Words, change, shelter},
    collect::collect,
    elsewhere::may_be_asked,
    moment::{day, now},
    operations::Pool,
    questions::{self, Home},
    sides::Document,
    sound::is_sound,
    view::{Moment, View, view},
    world::{Folder, World},
};

/// Made-up families in the base data set, and others that are only added to the second one.
const FAMILIES: u64 = 26;
const SPARE: usize = 6;
/// Changes that are tried for each pair.
const TRIES: usize = 1_000;
/// Changes of who is shielded and where they live that are tried for each family, until one is made.
const TRIES_OF_SHELTER: usize = 4;

/// The first data set of every pair, and what surrounds it.
pub(crate) struct Base {
    pub(crate) world: World,
    spare: Vec<Folder>,
    pub(crate) documents: Vec<Document>,
    pub(crate) offices: Vec<Office>,
    pub(crate) moment: Moment,
}

impl Base {
    pub(crate) fn new() -> Self {
        let day = day();
        let mut families = demo::families(
            demo::Size {
                families: FAMILIES + SPARE as u64,
                authorities: 1,
            },
            11,
            day,
        );
        let code = families.authority_codes().next().unwrap();
        let mut data = demo::worked(day);
        families.by_ref().for_each(|batch| data.append(batch));
        let keys = Ids::seeded(3);
        let documents = vec![
            Document::new(
                keys.uuid(),
                demo::CAMBRIDGESHIRE,
                demo::CAMBRIDGESHIRE_AGREEMENT.to_owned(),
                &data,
            ),
            Document::new(
                keys.uuid(),
                demo::KINGSTON_RICHMOND,
                demo::KINGSTON_RICHMOND_AGREEMENT.to_owned(),
                &data,
            ),
            Document::new(keys.uuid(), demo::FIRST_AUTHORITY, demo::agreement_for(&code), &data),
        ];
        let moment = Moment {
            now: now(),
            today: day,
            own_consent_age: data
                .authorities
                .iter()
                .map(|row| (row.id, row.own_consent_age))
                .collect(),
            kinds: data.agencies.iter().map(|row| (row.id, row.kind.clone())).collect(),
        };
        let mut world = World::new(data);
        open_emergencies(&mut world, &keys);
        bar(&mut world, &keys);
        hold_meetings(&mut world, &keys);
        take_steps(&mut world, &keys);
        check_access(&mut world, &keys);
        report_contacts(&mut world, &keys);
        fill_in(&mut world, &keys);
        house(&mut world, &keys);
        let spare = world.folders.split_off(world.folders.len() - SPARE);
        let office = |document: usize, code: &str| {
            Office::new(
                &world,
                documents[document].authority,
                code,
                documents[document].agreement.clone(),
            )
        };
        let offices = vec![office(2, &code), office(0, "cambridgeshire")];
        Self {
            world,
            spare,
            documents,
            offices,
            moment,
        }
    }

    pub(crate) fn words(&self, authority: i32) -> Words {
        let of_this = self
            .world
            .rest
            .agencies
            .iter()
            .filter(|row| row.authority_id == authority);
        let mut texts: Vec<String> = Vec::new();
        for folder in &self.world.folders {
            texts.extend(folder.family.district.clone());
            texts.extend(
                folder
                    .people
                    .iter()
                    .flat_map(|person| [person.given_name.clone(), person.family_name.clone()]),
            );
            texts.extend(
                folder
                    .memberships
                    .iter()
                    .filter_map(|row| row.employment_status.clone()),
            );
            texts.extend(folder.outcomes.iter().map(|row| row.indicator.clone()));
        }
        let catalogue = catalogue::catalogue();
        let addresses = self.world.folders.iter().flat_map(|folder| &folder.addresses);
        let places = addresses.map(|row| (row.postcode.clone(), row.line1.clone()));
        Words {
            places: places.filter(|(postcode, _)| may_be_asked(postcode)).collect(),
            agencies: of_this.map(|row| row.id).collect(),
            texts,
            measures: catalogue
                .progress_measures
                .iter()
                .map(|measure| measure.code.clone())
                .collect(),
            domains: catalogue
                .distance_domains
                .iter()
                .map(|domain| domain.code.clone())
                .collect(),
            today: day(),
        }
    }
}

/// A caller, and a second data set that is to them the same as the first.
pub(crate) struct Pair<'b> {
    pub(crate) office: &'b Office,
    pub(crate) caller: Caller,
    pub(crate) world: World,
    /// Changes by table.
    pub(crate) changes: BTreeMap<&'static str, u64>,
    /// Whoever sees the greatest difference.
    pub(crate) observer: Caller,
    /// How much the caller sees, above all in part.
    pub(crate) seen: usize,
    /// Whether the caller may look people up.
    pub(crate) looks_up: bool,
}

/// Whether somebody with such a ceiling may look people up.
fn looks_up(ceiling: &Ceiling) -> bool {
    register::find("Query.markerLookup").is_some_and(|field| ceiling.covers(field.id))
}

impl<'b> Pair<'b> {
    /// Whether a family of either data set is barred to the caller. A feed is their program's, and its cursors count what that was told of the family.
    pub(crate) fn is_barred(&self, base: &Base) -> bool {
        let named = |row: &BarredSubjectRow| self.caller.parties().any(|party| party.subject == row.subject);
        let mut folders = base.world.folders.iter().chain(&self.world.folders);
        folders.any(|folder| folder.barred_subjects.iter().any(named))
    }

    /// Draws a caller, most often one who sees something, and makes the second data set for them.
    pub(crate) fn draw(base: &'b Base, chance: &mut Chance) -> Self {
        let office = &base.offices[usize::from(chance.percent(40))];
        let today = day();
        let mut drawn: Option<(Caller, Arc<Ceiling>, usize)> = None;
        // Two of five may look people up, whatever else they see.
        let asks = chance.percent(40);
        let tries = match (asks, chance.percent(5)) {
            (true, _) => 60,
            (false, true) => 1,
            (false, false) => 12,
        };
        for _ in 0..tries {
            let Some(caller) = office.caller(chance) else { continue };
            let ceiling = office.ceiling(&caller, today);
            if asks && !looks_up(&ceiling) {
                continue;
            }
            // Rows that are seen in part are where a leak would be: a value that is withheld counts for twenty.
            let worth = |seen: &String| if seen.starts_with("withheld") { 20 } else { 1 };
            let views = base
                .world
                .folders
                .iter()
                .map(|folder| view(folder, &ceiling, &base.moment));
            let seen: usize = views.map(|view| view.values().map(worth).sum::<usize>()).sum();
            let enough = seen > 0 && chance.percent(30);
            if drawn.as_ref().is_none_or(|(_, _, most)| seen >= *most) {
                drawn = Some((caller, ceiling, seen));
            }
            if enough {
                break;
            }
        }
        let (caller, ceiling, seen) = drawn.unwrap_or_else(|| {
            let caller = office.observers().remove(0);
            let ceiling = office.ceiling(&caller, today);
            (caller, ceiling, 1)
        });
        let (world, changes) = second(base, &ceiling, chance);
        let observer = observer(base, office, &world, &caller);
        Self {
            office,
            caller,
            world,
            changes,
            observer,
            seen,
            looks_up: looks_up(&ceiling),
        }
    }

    /// The families of the caller's authority as they are asked about.
    pub(crate) fn homes(&self, base: &Base) -> Vec<Home> {
        questions::homes([&base.world, &self.world], self.office.authority, day())
    }

    /// Values of both data sets, to ask with.
    pub(crate) fn pool(&self, base: &Base) -> Pool {
        let codec = Codec::new(&[7; 32]).unwrap();
        let mut pool = Pool::default();
        for world in [&base.world, &self.world] {
            for folder in world
                .folders
                .iter()
                .filter(|folder| folder.family.authority_id == self.office.authority)
            {
                collect(&mut pool, folder, &|kind, row| {
                    codec.id(
                        self.office.authority,
                        Key {
                            kind,
                            family: folder.family.id,
                            row,
                        },
                    )
                });
            }
        }
        let mut without_family = |of: &str, kind: Kind, rows: Vec<Uuid>| {
            let ids = rows.into_iter().map(|row| {
                codec.id(
                    self.office.authority,
                    Key {
                        kind,
                        family: Uuid::nil(),
                        row,
                    },
                )
            });
            pool.ids.insert(of.to_owned(), ids.collect());
        };
        without_family(
            "Agency",
            Kind::Agency,
            base.world.rest.agencies.iter().map(|row| row.id).collect(),
        );
        without_family(
            "Agreement",
            Kind::Agreement,
            base.documents.iter().map(|document| document.key).collect(),
        );
        pool
    }
}

/// Of all that see much, whoever sees the greatest difference.
fn observer(base: &Base, office: &Office, world: &World, caller: &Caller) -> Caller {
    let sight = |world: &World, ceiling: &Arc<Ceiling>| -> BTreeMap<Uuid, View> {
        world
            .folders
            .iter()
            .map(|folder| (folder.family.id, view(folder, ceiling, &base.moment)))
            .collect()
    };
    let observers = office
        .observers()
        .into_iter()
        .filter(|observer| observer.principal.role != caller.principal.role);
    observers
        .max_by_key(|observer| {
            let ceiling = office.ceiling(observer, day());
            let (one, other) = (sight(&base.world, &ceiling), sight(world, &ceiling));
            one.iter()
                .filter(|(family, view)| other.get(*family) != Some(view))
                .count()
        })
        .expect("an office has observers")
}

/// The second data set, and how much was altered.
fn second(base: &Base, ceiling: &Arc<Ceiling>, chance: &mut Chance) -> (World, BTreeMap<&'static str, u64>) {
    let mut world = base.world.clone();
    let mut changes = BTreeMap::new();
    let sight = |folder: &Folder| view(folder, ceiling, &base.moment);
    // Families that do not exist for the caller may go, and others like them may come.
    let before = world.folders.len();
    world
        .folders
        .retain(|folder| chance.percent(80) || !sight(folder).is_empty());
    changes.insert("family gone", (before - world.folders.len()) as u64);
    for spare in &base.spare {
        if sight(spare).is_empty() {
            world.folders.push(spare.clone());
            *changes.entry("family come").or_default() += 1;
        }
    }
    let mut views: Vec<View> = world.folders.iter().map(sight).collect();
    let mut words: BTreeMap<i32, Words> = BTreeMap::new();
    for (folder, view) in world.folders.iter_mut().zip(&views) {
        let authority = folder.family.authority_id;
        let words = words.entry(authority).or_insert_with(|| base.words(authority));
        for _ in 0..TRIES_OF_SHELTER {
            let mut altered = folder.clone();
            let Some(what) = shelter(&mut altered, chance, words) else {
                break;
            };
            if is_sound(&altered) && sight(&altered) == *view {
                *folder = altered;
                *changes.entry(what).or_default() += 1;
                break;
            }
        }
    }
    for _ in 0..TRIES {
        let at = chance.number(0, world.folders.len() - 1);
        let authority = world.folders[at].family.authority_id;
        let words = words.entry(authority).or_insert_with(|| base.words(authority));
        let mut altered = world.folders[at].clone();
        // Several changes at once, for what one alone would give away; or one.
        let table = change(&mut altered, chance, words);
        if chance.percent(20) {
            change(&mut altered, chance, words);
        }
        if is_sound(&altered) && sight(&altered) == views[at] {
            world.folders[at] = altered;
            *changes.entry(table).or_default() += 1;
        }
    }
    // The order in which rows lie in the database is nobody's to see.
    for at in (1..world.folders.len()).rev() {
        let other = chance.number(0, at);
        world.folders.swap(at, other);
        views.swap(at, other);
    }
    for folder in &mut world.folders {
        folder.people.reverse();
        folder.memberships.reverse();
        folder.consents.reverse();
        folder.involvements.reverse();
        folder.criteria_matches.reverse();
        folder.outcomes.reverse();
        folder.goals.reverse();
    }
    for (folder, view) in world.folders.iter().zip(&views) {
        assert_eq!(&sight(folder), view, "a change that the caller can see was made");
    }
    for agency in world
        .rest
        .agencies
        .iter_mut()
        .filter(|row| row.authority_id != ceiling.caller().authority)
    {
        agency.name.push_str(" (renamed)");
    }
    (world, changes)
}
