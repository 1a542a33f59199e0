//! Comparing postcodes: United Kingdom ones by unit, sector and district, others by their digits.

use super::Agreement;

/// How well two postcodes agree, each as normalised by [`normal::code`](super::normal::code).
pub(super) fn postcodes(one: &str, other: &str) -> Agreement {
    if one.is_empty() || other.is_empty() {
        return Agreement::Missing;
    }
    if one == other {
        return Agreement::Exact;
    }
    let parts = (sector(one), sector(other));
    if let (Some(one), Some(other)) = parts
        && one == other
    {
        return Agreement::Near;
    }
    let (shorter, longer) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    if shorter.len() >= 4 && strsim::osa_distance(shorter, longer) == 1 {
        return Agreement::Slip;
    }
    match parts {
        (Some(one), Some(other)) if district(one) == district(other) => Agreement::Part,
        // One side has only the district.
        (Some(_), None) | (None, Some(_)) if sector(longer).is_some_and(|sector| district(sector) == shorter) => {
            Agreement::Part
        }
        (None, None) if shorter.len() >= 4 && shorter[..shorter.len() - 2] == longer[..shorter.len() - 2] => {
            Agreement::Part
        }
        _ => Agreement::Disagrees,
    }
}

/// Whether a postcode is a full one of the United Kingdom, which covers a street or part of one.
pub(super) fn is_unit(postcode: &str) -> bool {
    sector(postcode).is_some()
}

/// Whether it may be only the beginning of a United Kingdom postcode: letters and digits, too few for a full
/// one.
pub(super) fn is_only_district(postcode: &str) -> bool {
    sector(postcode).is_none() && postcode.len() <= 4 && postcode.starts_with(|first: char| first.is_ascii_uppercase())
}

/// The sector of a United Kingdom postcode: everything but its last two letters.
fn sector(postcode: &str) -> Option<&str> {
    let bytes = postcode.as_bytes();
    let (outward, inward) = bytes.split_at_checked(bytes.len().checked_sub(3)?)?;
    let letters = outward.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let number = outward.get(letters..)?;
    let outward_is_one = (1..=2).contains(&letters)
        && (1..=2).contains(&number.len())
        && number[0].is_ascii_digit()
        && number.iter().all(u8::is_ascii_alphanumeric);
    let inward_is_one = inward[0].is_ascii_digit() && inward[1..].iter().all(u8::is_ascii_uppercase);
    (outward_is_one && inward_is_one).then(|| &postcode[..postcode.len() - 2])
}

/// The district of a sector: everything but its last digit.
fn district(sector: &str) -> &str {
    &sector[..sector.len() - 1]
}
