//! Identifiers in other systems: normalisation, check digits, and how strong each system's numbers are as
//! evidence.

use super::{Agreement, Description, normal, placeholders};

/// The most identifiers of one person that are read.
const MAX_IDENTIFIERS: usize = 12;
/// The check letters of a unique pupil number, by remainder.
const UPN_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
/// Shorter numbers are not treated as misspellings of each other.
const MIN_LENGTH: usize = 6;

/// A normalised identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number {
    /// The system's code, in capitals.
    pub(super) system: String,
    /// The normalised number.
    pub(super) value: String,
}

/// Why a number is invalid, whoever has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongNumber {
    /// It is a placeholder.
    Placeholder,
    /// It is in a spreadsheet's scientific notation, with most digits lost.
    Scientific,
    /// It is not an NHS number, or its check digit is wrong.
    NhsNumber,
    /// It is not a unique pupil number, or its check letter is wrong.
    Upn,
}

/// How well the numbers of two people agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// The best agreement; `None` if they have no system in common.
    pub(super) best: Option<Agreement>,
    /// The system of the matching number.
    pub(super) system: Option<System>,
    /// Each has a valid NHS number, and the two differ.
    pub(super) two_people: bool,
}

/// The systems with known rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum System {
    /// A tenancy: everybody who lives there may have its number.
    Tenancy,
    /// Any other.
    Other,
    /// Unique pupil numbers, which a school issues in sequence.
    Upn,
    /// National Insurance numbers.
    Nino,
    /// NHS numbers.
    NhsNumber,
}

impl System {
    /// All systems, in order.
    pub(super) const ALL: [Self; 5] = [Self::Tenancy, Self::Other, Self::Upn, Self::Nino, Self::NhsNumber];

    /// Its name in a model file.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Tenancy => "tenancy",
            Self::Other => "others",
            Self::Upn => "upn",
            Self::Nino => "nino",
            Self::NhsNumber => "nhs_number",
        }
    }

    /// The system with a code.
    pub(super) fn of(code: &str) -> Self {
        match code {
            "NHSNUMBER" | "NHS" => Self::NhsNumber,
            "NINO" => Self::Nino,
            "UPN" => Self::Upn,
            "TENANCY" => Self::Tenancy,
            _ => Self::Other,
        }
    }
}

/// The normalised number: two that are equal here are the same number. `None` if it identifies nobody.
pub fn folded(system: &str, value: &str) -> Option<String> {
    normalised(System::of(&normal::code(system)), value)
}

/// What is wrong with a number as written; `None` if it may be valid.
pub fn wrong(system: &str, value: &str) -> Option<WrongNumber> {
    let code = normal::code(value);
    if is_scientific(value) {
        return Some(WrongNumber::Scientific);
    }
    if placeholders::is_number(&code) {
        return Some(WrongNumber::Placeholder);
    }
    match System::of(&normal::code(system)) {
        System::NhsNumber if !is_nhs_number(&code) => Some(WrongNumber::NhsNumber),
        System::Upn if !is_upn(&code) => Some(WrongNumber::Upn),
        _ => None,
    }
}

/// The usable numbers of a description, normalised, sorted, without duplicates.
pub(super) fn of(description: &Description) -> Vec<Number> {
    let mut all: Vec<Number> = description
        .identifiers
        .iter()
        .take(MAX_IDENTIFIERS)
        .filter_map(|identifier| {
            let system = normal::code(&identifier.system);
            let value = normalised(System::of(&system), &identifier.value)?;
            (!system.is_empty()).then_some(Number { system, value })
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

fn normalised(system: System, value: &str) -> Option<String> {
    let mut code = normal::code(value);
    if is_scientific(value) || placeholders::is_number(&code) {
        return None;
    }
    match system {
        // The last letter does not identify the person, and is often left out.
        System::Nino if is_nino(&code) => code.truncate(8),
        System::NhsNumber if code.len() == 9 && is_nhs_number(&format!("0{code}")) => code.insert(0, '0'),
        // Spreadsheets drop leading zeros.
        System::Tenancy | System::Other if code.bytes().all(|byte| byte.is_ascii_digit()) => {
            code = code.trim_start_matches('0').into();
        }
        _ => {}
    }
    (!code.is_empty()).then_some(code)
}

/// How well numbers agree, in the systems that count: the best within any system. Numbers of different
/// systems are not compared.
pub(super) fn compare(one: &[Number], other: &[Number], counts: fn(&str) -> bool) -> Numbers {
    let mut found = Numbers::default();
    for own in one.iter().filter(|own| counts(&own.system)) {
        for their in other.iter().filter(|their| their.system == own.system) {
            let system = System::of(&own.system);
            let level = level(system, &own.value, &their.value);
            found.best = found.best.max(Some(level));
            if level == Agreement::Exact {
                found.system = found.system.max(Some(system));
            } else if system == System::NhsNumber && [own, their].into_iter().all(|number| is_nhs_number(&number.value))
            {
                found.two_people = true;
            }
        }
    }
    // A person may have had two; a match is in `best`.
    found.two_people &= found.system.is_none_or(|system| system == System::Tenancy);
    found
}

fn level(system: System, one: &str, other: &str) -> Agreement {
    if one == other {
        return Agreement::Exact;
    }
    // A typing mistake in a number with a check digit makes it invalid, never another person's.
    let both_right = match system {
        System::NhsNumber => is_nhs_number(one) && is_nhs_number(other),
        System::Upn => is_upn(one) && is_upn(other),
        _ => false,
    };
    let long = one.len().min(other.len()) >= MIN_LENGTH;
    if long && !both_right && strsim::osa_distance(one, other) == 1 {
        Agreement::Slip
    } else {
        Agreement::Disagrees
    }
}

/// `9.43477E+09`
fn is_scientific(value: &str) -> bool {
    let value = value.trim();
    let Some((digits, power)) = value.split_once(['E', 'e']) else {
        return false;
    };
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fraction = digits.split_once(['.', ',']);
    let mantissa = fraction.map_or_else(|| number(digits), |(whole, part)| number(whole) && number(part));
    // Without a point or a plus it may be a local numbering scheme.
    let plus = power.strip_prefix('+');
    mantissa && (fraction.is_some() || plus.is_some()) && number(plus.unwrap_or(power))
}

/// Two letters and six digits, with or without the letter at the end.
fn is_nino(code: &str) -> bool {
    let bytes = code.as_bytes();
    let suffix = bytes.get(8..).unwrap_or_default();
    bytes.len() >= 8
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..8].iter().all(u8::is_ascii_digit)
        && matches!(suffix, [] | [b'A'..=b'D'])
}

/// Ten digits, the last of which is a check digit.
fn is_nhs_number(code: &str) -> bool {
    let Some(digits) = digits::<10>(code) else { return false };
    let sum: u32 = digits[..9]
        .iter()
        .zip((2..=10).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    (11 - sum % 11) % 11 == digits[9]
}

/// A check letter, then eleven digits and one more, or a letter for a temporary number.
fn is_upn(code: &str) -> bool {
    let (Some(check), Some(rest)) = (code.as_bytes().first(), code.get(1..)) else {
        return false;
    };
    let place = |letter: u8| {
        UPN_LETTERS
            .iter()
            .position(|own| *own == letter)
            .and_then(|at| u32::try_from(at).ok())
    };
    let last = rest.as_bytes().last().copied().unwrap_or_default();
    let (Some(first), Some(last)) = (
        rest.get(..11).and_then(digits::<11>),
        if last.is_ascii_digit() {
            Some(u32::from(last - b'0'))
        } else {
            place(last)
        },
    ) else {
        return false;
    };
    let sum: u32 = first.iter().zip(2..).map(|(digit, weight)| digit * weight).sum::<u32>() + last * 13;
    rest.len() == 12 && place(*check) == Some(sum % 23)
}

fn digits<const N: usize>(code: &str) -> Option<[u32; N]> {
    let bytes: [u8; N] = code.as_bytes().try_into().ok()?;
    bytes
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| bytes.map(|byte| u32::from(byte - b'0')))
}
