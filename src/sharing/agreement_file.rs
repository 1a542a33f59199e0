//! An agreement file: from TOML to an agreement, or refused whole with every problem and its line.
//!
//! Pure: the words and agencies that exist, and the versions already there, are handed in.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;

use super::{
    agreement::{Access, Agreement, Clause, ConsentRule, Scope, Signatory},
    agreement_check::{self, Places},
    agreement_consents,
    agreement_reader::{At, Reader, Section, shown},
    category::{Category, CategorySet, Sensitivity},
};

pub use super::agreement_reader::{MOST_PROBLEMS, Problem, Refused};

/// The largest agreement file, in bytes.
pub const LARGEST_FILE: usize = 256 * 1024;
/// The most clauses of one agreement.
pub const MOST_CLAUSES: usize = 128;
/// The most signatories of one agreement.
const MOST_SIGNATORIES: usize = 2048;
/// Agreements begin and end within these years, so that no date can be mistyped beyond reason.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2199;

/// The words and agencies that an agreement may name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Kinds of agency.
    pub agency_kinds: BTreeSet<String>,
    /// Roles.
    pub roles: BTreeSet<String>,
    /// Purposes.
    pub purposes: BTreeSet<String>,
    /// Lawful bases of article 6.
    pub lawful_bases: BTreeSet<String>,
    /// Codes of the agencies of the authority whose agreement it is.
    pub agencies: BTreeSet<String>,
}

/// An agreement file that was found good by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementFile {
    /// The code of the authority whose agreement it is.
    pub authority: String,
    /// What it says.
    pub agreement: Agreement,
    version_line: usize,
    effective_from_line: usize,
    clause_lines: Vec<Places>,
}

/// Reads an agreement file: the code of its authority, and the agreement.
///
/// # Errors
/// Everything that is wrong with it (up to [`MOST_PROBLEMS`]), each with its line. Nothing of a refused file holds.
pub fn parse(text: &str, known: &Known) -> Result<(String, Agreement), Refused> {
    read(text, known).map(|file| (file.authority, file.agreement))
}

/// The code of the authority that a file names, so that the agencies it may name can be looked up before [`read`].
///
/// # Errors
/// When the file is too large, is not TOML or names no authority.
pub fn authority_of(text: &str) -> Result<String, Refused> {
    let mut reader = Reader::new(text);
    let authority = file_table(&mut reader, text).and_then(|file| {
        let header = reader.section(file.get_ref(), "agreement", "[agreement]")?;
        reader.name(&header, "authority")
    });
    reader.finish(authority.map(|found| found.value))
}

/// Reads an agreement file, keeping the lines that [`AgreementFile::check_versions`] may have to name.
///
/// # Errors
/// As [`parse`].
pub fn read(text: &str, known: &Known) -> Result<AgreementFile, Refused> {
    let mut reader = Reader::new(text);
    let file = file_table(&mut reader, text).and_then(|file| {
        let file = Section {
            name: "the file",
            table: file.get_ref(),
            at: 0,
        };
        reader.only_keys(&file, &["agreement", "signatory", "clause"]);
        let signatories = signatories(&mut reader, &file, known);
        let (clauses, places): (Vec<_>, Vec<_>) = clauses(&mut reader, &file, known).into_iter().unzip();
        agreement_check::emergencies(&mut reader, &clauses, &places);
        let lines = places.iter().map(|places| places.lines(&reader)).collect();
        let header = reader.section(file.table, "agreement", "[agreement]")?;
        let file = agreement(&mut reader, &header, signatories, clauses)?;
        Some(AgreementFile {
            clause_lines: lines,
            ..file
        })
    });
    reader.finish(file)
}

fn file_table<'t>(reader: &mut Reader<'t>, text: &str) -> Option<toml::Spanned<toml::de::DeTable<'t>>> {
    if text.len() > LARGEST_FILE {
        reader.refuse(0, format!("the file is larger than {} KiB", LARGEST_FILE / 1024));
        return None;
    }
    reader.parse()
}

fn agreement<'t>(
    reader: &mut Reader<'t>,
    header: &Section<'_, 't>,
    signatories: Vec<Signatory>,
    clauses: Vec<Clause>,
) -> Option<AgreementFile> {
    let keys = [
        "id",
        "version",
        "title",
        "authority",
        "effective_from",
        "effective_to",
        "review_by",
    ];
    reader.only_keys(header, &keys);
    let code = reader.name(header, "id");
    let version = reader.number(header, "version");
    let title = reader.text(header, "title", 200);
    let authority = reader.name(header, "authority");
    let effective_from = reader.date(header, "effective_from");
    let effective_to = reader.optional_date(header, "effective_to");
    let review_by = reader.date(header, "review_by");
    for date in [&effective_from, &effective_to, &review_by].into_iter().flatten() {
        if !YEARS.contains(&date.value.year()) {
            let sentence = format!(
                "the year of {} is not within {}–{}",
                date.value,
                YEARS.start(),
                YEARS.end()
            );
            reader.refuse(date.at, sentence);
        }
    }
    if let Some(from) = &effective_from {
        if let Some(to) = effective_to.as_ref().filter(|to| to.value < from.value) {
            let sentence = format!(
                "`effective_to` ({}) is before `effective_from` ({})",
                to.value, from.value
            );
            reader.refuse(to.at, sentence);
        }
        if let Some(review) = review_by.as_ref().filter(|review| review.value < from.value) {
            let sentence = format!(
                "`review_by` ({}) is before `effective_from` ({})",
                review.value, from.value
            );
            reader.refuse(review.at, sentence);
        }
    }
    let (version, effective_from) = (version?, effective_from?);
    Some(AgreementFile {
        authority: authority?.value,
        version_line: reader.line(version.at),
        effective_from_line: reader.line(effective_from.at),
        clause_lines: Vec::new(),
        agreement: Agreement {
            code: code?.value,
            version: version.value,
            title: title?.value,
            effective_from: effective_from.value,
            effective_to: effective_to.map(|date| date.value),
            review_by: review_by?.value,
            signatories,
            clauses,
        },
    })
}

fn signatories<'t>(reader: &mut Reader<'t>, file: &Section<'_, 't>, known: &Known) -> Vec<Signatory> {
    let mut signatories: Vec<Signatory> = Vec::new();
    for section in reader.sections(file.table, "signatory", "[[signatory]]", MOST_SIGNATORIES) {
        reader.only_keys(&section, &["agency", "signed_on", "withdrawn_on"]);
        let agency = reader.word(&section, "agency", |code| one_of(&known.agencies, "agency", code));
        let signed = reader.date(&section, "signed_on");
        let withdrawn = reader.optional_date(&section, "withdrawn_on");
        if let (Some(signed), Some(left)) = (&signed, &withdrawn)
            && left.value < signed.value
        {
            let sentence = format!(
                "`withdrawn_on` ({}) is before `signed_on` ({})",
                left.value, signed.value
            );
            reader.refuse(left.at, sentence);
        }
        let (Some(agency), Some(signed)) = (agency, signed) else {
            continue;
        };
        if signatories.iter().any(|before| before.agency == agency.value) {
            reader.refuse(agency.at, format!("the agency `{}` is a signatory twice", agency.value));
        }
        signatories.push(Signatory {
            agency: agency.value,
            signed_on: signed.value,
            withdrawn_on: withdrawn.map(|date| date.value),
        });
    }
    signatories
}

fn clauses<'t>(reader: &mut Reader<'t>, file: &Section<'_, 't>, known: &Known) -> Vec<(Clause, Places)> {
    let mut clauses: Vec<(Clause, Places)> = Vec::new();
    for section in reader.sections(file.table, "clause", "[[clause]]", MOST_CLAUSES) {
        let id = reader.name(&section, "id");
        if let Some(id) = &id
            && clauses.iter().any(|(before, _)| before.id == id.value)
        {
            reader.refuse(id.at, format!("there are two clauses with the id `{}`", id.value));
        }
        let places = Places::of(&section);
        clauses.extend(clause(reader, &section, known, id).map(|clause| (clause, places)));
    }
    clauses
}

fn clause<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'_, 't>,
    known: &Known,
    id: Option<At<String>>,
) -> Option<Clause> {
    reader.only_keys(section, &CLAUSE_KEYS);
    let agency_kinds = reader.words(section, "agency_kinds", |word| {
        one_of(&known.agency_kinds, "agency kind", word).map(drop)
    });
    let roles = reader.words(section, "roles", |word| one_of(&known.roles, "role", word).map(drop));
    let categories = reader.words(section, "categories", |word| category(word).map(drop));
    let purposes = reader.words(section, "purposes", |word| {
        one_of(&known.purposes, "purpose", word).map(drop)
    });
    let access = reader.words(section, "access", |word| access(word).map(drop));
    let scope = reader.word(section, "scope", scope);
    let consent = reader.word(section, "consent", consent);
    let lawful_basis = reader.word(section, "lawful_basis", |word| {
        one_of(&known.lawful_bases, "lawful basis", word)
    });
    let condition = reader.optional_text(section, "condition", 500);
    let shielded = reader.flag(section, "shielded");
    let explain = reader.flag(section, "explain");
    let emergency = reader.flag(section, "emergency");
    let categories = categories?;
    if section.table.iter().all(|(key, _)| key.get_ref() != "condition") {
        needs_condition(reader, &categories);
    }
    about_nobody(reader, &categories, scope.as_ref(), consent.as_ref());
    Some(Clause {
        id: id?.value,
        agency_kinds: agency_kinds?.value,
        roles: roles?.value,
        categories: categories.value,
        purposes: purposes?.value,
        access: access?
            .value
            .iter()
            .filter_map(|word| self::access(word).ok())
            .collect(),
        scope: scope?.value,
        consent: consent?.value,
        lawful_basis: lawful_basis?.value,
        condition: condition.map(|text| text.value),
        shielded,
        explain,
        emergency,
    })
}

const CLAUSE_KEYS: [&str; 13] = [
    "id",
    "agency_kinds",
    "roles",
    "categories",
    "purposes",
    "access",
    "scope",
    "consent",
    "lawful_basis",
    "condition",
    "shielded",
    "explain",
    "emergency",
];

/// Articles 9 and 10 ask for a condition besides the lawful basis.
fn needs_condition(reader: &mut Reader<'_>, categories: &At<Vec<String>>) {
    for category in categories.value.iter().filter_map(|code| Category::from_code(code)) {
        let (kind, article) = match category.sensitivity() {
            Sensitivity::None | Sensitivity::Personal => continue,
            Sensitivity::SpecialCategory => ("special category", 9),
            Sensitivity::CriminalOffence => ("criminal offence", 10),
        };
        let code = category.code();
        reader.refuse(
            categories.at,
            format!("`{code}` is {kind} data: the clause needs the `condition` of article {article} that it rests on"),
        );
    }
}

/// What is about nobody has no family whose cohort, involvement or consent could be asked: such a clause could never permit it.
fn about_nobody(
    reader: &mut Reader<'_>,
    categories: &At<Vec<String>>,
    scope: Option<&At<Scope>>,
    consent: Option<&At<ConsentRule>>,
) {
    let set: CategorySet = categories
        .value
        .iter()
        .filter_map(|code| Category::from_code(code))
        .collect();
    for category in set.iter().filter(|category| !category.is_personal()) {
        let code = category.code();
        if let Some(scope) = scope.filter(|scope| scope.value != Scope::Authority) {
            let sentence = format!(
                "`{code}` is about nobody, so only the scope `authority` could ever permit it, not `{}`",
                scope.value.code()
            );
            reader.refuse(scope.at, sentence);
        }
        if let Some(consent) = consent.filter(|consent| consent.value == ConsentRule::Required) {
            let sentence = format!("`{code}` is about nobody, so nobody could give the consent that is `required`");
            reader.refuse(consent.at, sentence);
        }
    }
}

fn one_of(known: &BTreeSet<String>, what: &str, word: &str) -> Result<String, String> {
    if known.contains(word) {
        return Ok(word.to_owned());
    }
    let hint = if known.len() > 20 || known.is_empty() {
        String::new()
    } else {
        let words: Vec<_> = known.iter().map(String::as_str).collect();
        format!("; known: {}", words.join(", "))
    };
    Err(format!("there is no {what} `{}`{hint}", shown(word)))
}

fn category(word: &str) -> Result<Category, String> {
    Category::from_code(word).ok_or_else(|| format!("there is no data category `{}`", shown(word)))
}

fn access(word: &str) -> Result<Access, String> {
    match word {
        "read" => Ok(Access::Read),
        "write" => Ok(Access::Write),
        _ => Err(format!("there is no access `{}`; known: read, write", shown(word))),
    }
}

fn scope(word: &str) -> Result<Scope, String> {
    let scopes = [
        Scope::Authority,
        Scope::Cohort,
        Scope::Involved,
        Scope::Lead,
        Scope::Own,
    ];
    scopes.into_iter().find(|scope| scope.code() == word).ok_or_else(|| {
        let codes = scopes.map(Scope::code).join(", ");
        format!("there is no scope `{}`; known: {codes}", shown(word))
    })
}

fn consent(word: &str) -> Result<ConsentRule, String> {
    match word {
        "required" => Ok(ConsentRule::Required),
        "not_required" => Ok(ConsentRule::NotRequired),
        _ => Err(format!(
            "there is no consent rule `{}`; known: required, not_required",
            shown(word)
        )),
    }
}

impl AgreementFile {
    /// What of it can never hold, though it may stand: each with its line and what would be right. `kinds` says of what kind each agency is, by code, where that
    /// is known.
    pub fn warnings(&self, kinds: &BTreeMap<String, String>) -> Vec<Problem> {
        let mut warnings = agreement_check::warnings(&self.agreement, &self.clause_lines, kinds);
        warnings.extend(agreement_consents::warnings(&self.agreement, &self.clause_lines));
        warnings.sort_by_key(|warning| warning.line);
        warnings
    }

    /// Whether it may follow the versions that are already there; those of other agreements are passed over.
    ///
    /// A later version has a higher number and begins later. An earlier version without a last day ends when it begins; one with a
    /// last day must have ended before.
    ///
    /// # Errors
    /// Every version that it does not fit, with the line of the file.
    pub fn check_versions(&self, existing: &[Agreement]) -> Result<(), Refused> {
        let new = &self.agreement;
        let mut problems = Vec::new();
        for old in existing.iter().filter(|old| old.code == new.code) {
            if new.version <= old.version {
                problems.push(Problem {
                    line: self.version_line,
                    sentence: format!(
                        "version {} of `{}` is not higher than version {}, which is there already",
                        new.version, new.code, old.version
                    ),
                });
            } else if new.effective_from <= old.effective_from {
                problems.push(Problem {
                    line: self.effective_from_line,
                    sentence: format!(
                        "version {} begins on {}, not after version {}, which begins on {}",
                        new.version, new.effective_from, old.version, old.effective_from
                    ),
                });
            } else if let Some(last) = old.effective_to.filter(|last| new.effective_from <= *last) {
                problems.push(Problem {
                    line: self.effective_from_line,
                    sentence: format!(
                        "version {} begins on {}, within version {}, which is in force until {last}",
                        new.version, new.effective_from, old.version
                    ),
                });
            }
        }
        if problems.is_empty() {
            return Ok(());
        }
        let more = problems.len().saturating_sub(MOST_PROBLEMS);
        problems.truncate(MOST_PROBLEMS);
        Err(Refused { problems, more })
    }
}

#[cfg(test)]
#[path = "agreement_file_tests.rs"]
mod tests;
