//! Why a value is withheld.

/// Why a value is withheld, as the trail knows it. The asker is told less: see [`Told`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// No clause of an agreement in force names this agency kind, role, category, purpose and access.
    NotInAgreement,
    /// A clause would, but the agency has not signed the agreement, or has left it.
    AgreementNotSigned,
    /// The row belongs to another authority.
    OtherAuthority,
    /// The family is barred to the caller.
    Barred,
    /// The clause asks for a family on the cohort, and this one is not.
    NotOnCohort,
    /// The clause asks for an agency that works with the family, and this one does not.
    NotInvolved,
    /// The clause asks for the family's Lead Professional.
    NotLeadProfessional,
    /// The clause covers only what the agency itself supplied.
    NotOwn,
    /// Nobody who may decide has given consent.
    ConsentNotGiven,
    /// Consent was given and has been withdrawn.
    ConsentWithdrawn,
    /// Consent was given and has run out.
    ConsentExpired,
    /// The contact details of a person at risk.
    Shielded,
    /// What somebody who has left the family, or is yet to come, is now.
    NotAMember,
}

impl Reason {
    /// The exact reason's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotInAgreement => "NOT_IN_AGREEMENT",
            Self::AgreementNotSigned => "AGREEMENT_NOT_SIGNED",
            Self::OtherAuthority => "OTHER_AUTHORITY",
            Self::Barred => "BARRED",
            Self::NotOnCohort => "NOT_ON_COHORT",
            Self::NotInvolved => "NOT_INVOLVED",
            Self::NotLeadProfessional => "NOT_LEAD_PROFESSIONAL",
            Self::NotOwn => "NOT_OWN",
            Self::ConsentNotGiven => "CONSENT_NOT_GIVEN",
            Self::ConsentWithdrawn => "CONSENT_WITHDRAWN",
            Self::ConsentExpired => "CONSENT_EXPIRED",
            Self::Shielded => "SHIELDED",
            Self::NotAMember => "NOT_A_MEMBER",
        }
    }
}

/// What the asker is told of a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Told {
    /// Beyond the ceiling: the agreement, which the asker may read, says so.
    NotInAgreement,
    /// Withheld, and no more: the exact reason would tell something of the family.
    Withheld,
    /// The exact reason, because the clause says `explain = true`.
    Exactly(Reason),
    /// That it is shielded, to whom it would be told exactly and whose clause stands on an emergency that they have opened: they are told whom to ring.
    Ring,
}

impl Told {
    /// The code in `extensions.disclosure`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotInAgreement => Reason::NotInAgreement.code(),
            Self::Withheld => "WITHHELD",
            Self::Exactly(reason) => reason.code(),
            Self::Ring => Reason::Shielded.code(),
        }
    }
}
