//! Numbers in other systems: in one form, however they are written, and what each system's numbers can say.

use super::{Agreement, Description, normal, placeholders};

/// The most identifiers of one person that are looked at.
const MOST: usize = 12;
/// The letters that check a unique pupil number, by the remainder.
const UPN_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
/// Shorter numbers are not said to be a slip of one another.
const SHORTEST: usize = 6;

/// A number in another system, in one form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number {
    /// The system's code, in capitals.
    pub(super) system: String,
    /// The number, in the form that is compared.
    pub(super) value: String,
}

/// What is wrong with a number, whoever has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongNumber {
    /// It stands for none.
    Placeholder,
    /// It is written as spreadsheets write long numbers, with most of its digits lost.
    Scientific,
    /// It is no NHS number, or its check digit is another.
    NhsNumber,
    /// It is no unique pupil number, or its check letter is another.
    Upn,
}

/// How far the numbers of two people agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// How far the best of them agrees; none where no system is the same.
    pub(super) best: Option<Agreement>,
    /// The system of the number that is the same.
    pub(super) system: Option<System>,
    /// Each has an NHS number that is right in itself, and they are two.
    pub(super) two_people: bool,
}

/// The systems of which something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum System {
    /// A tenancy: a number that all who live there may have.
    Tenancy,
    /// Any other.
    Other,
    /// Unique pupil numbers, which a school gives in sequence.
    Upn,
    /// National Insurance numbers.
    Nino,
    /// NHS numbers.
    NhsNumber,
}

impl System {
    /// All, in their order.
    pub(super) const ALL: [Self; 5] = [Self::Tenancy, Self::Other, Self::Upn, Self::Nino, Self::NhsNumber];

    /// Its name in a model's file.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Tenancy => "tenancy",
            Self::Other => "others",
            Self::Upn => "upn",
            Self::Nino => "nino",
            Self::NhsNumber => "nhs_number",
        }
    }

    /// The system of a code.
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

/// A number in the form by which it is told from others of its system: two that are the same here are one number. None where it says nothing.
pub fn folded(system: &str, value: &str) -> Option<String> {
    form(System::of(&normal::code(system)), value)
}

/// What is wrong with a number as it is written; nothing where it may be one.
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

/// The numbers of a description that say something, in one form, sorted, each once.
pub(super) fn of(description: &Description) -> Vec<Number> {
    let mut all: Vec<Number> = description
        .identifiers
        .iter()
        .take(MOST)
        .filter_map(|identifier| {
            let system = normal::code(&identifier.system);
            let value = form(System::of(&system), &identifier.value)?;
            (!system.is_empty()).then_some(Number { system, value })
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

fn form(system: System, value: &str) -> Option<String> {
    let mut code = normal::code(value);
    if is_scientific(value) || placeholders::is_number(&code) {
        return None;
    }
    match system {
        // The last letter says nothing of who it is, and is often left out.
        System::Nino if is_nino(&code) => code.truncate(8),
        System::NhsNumber if code.len() == 9 && is_nhs_number(&format!("0{code}")) => code.insert(0, '0'),
        // Spreadsheets take the noughts at the beginning away.
        System::Tenancy | System::Other if code.bytes().all(|byte| byte.is_ascii_digit()) => {
            code = code.trim_start_matches('0').into();
        }
        _ => {}
    }
    (!code.is_empty()).then_some(code)
}

/// How far numbers agree, of the systems that count: the best that those of one system do. Numbers of different systems say nothing of each other.
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
    // Somebody may have had two; one that is the same is said by `best`.
    found.two_people &= found.system.is_none_or(|system| system == System::Tenancy);
    found
}

fn level(system: System, one: &str, other: &str) -> Agreement {
    if one == other {
        return Agreement::Exact;
    }
    // A slip in a number that is checked makes a wrong one, never another's.
    let both_right = match system {
        System::NhsNumber => is_nhs_number(one) && is_nhs_number(other),
        System::Upn => is_upn(one) && is_upn(other),
        _ => false,
    };
    let long = one.len().min(other.len()) >= SHORTEST;
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
    // Without a point or a plus it may be somebody's own way of numbering.
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

/// Ten digits, the last of which checks the others.
fn is_nhs_number(code: &str) -> bool {
    let Some(digits) = digits::<10>(code) else { return false };
    let sum: u32 = digits[..9]
        .iter()
        .zip((2..=10).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    (11 - sum % 11) % 11 == digits[9]
}

/// A letter that checks what follows: eleven digits and one more, or a letter for one that holds for a time.
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
