//! People, how they belong to families, and what identifies them.

use std::cmp::Reverse;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Code as _, Holds, Table, table::table};
use crate::{code::codes, sharing::facts::RowFacts};

codes! {
    /// Sex as recorded.
    Sex {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
        /// Another.
        Other = "other",
        /// Not known.
        Unknown = "unknown",
    }

    /// What a person is in the family.
    Relationship {
        /// Mother.
        Mother = "mother",
        /// Father.
        Father = "father",
        /// Step-parent.
        StepParent = "step_parent",
        /// Partner of a parent.
        Partner = "partner",
        /// Child.
        Child = "child",
        /// Step-child.
        StepChild = "step_child",
        /// Grandparent.
        Grandparent = "grandparent",
        /// Brother or sister.
        Sibling = "sibling",
        /// Another relative.
        OtherRelative = "other_relative",
        /// Somebody else.
        Other = "other",
    }

    /// Why a membership of a family ended.
    MembershipEnd {
        /// The person lives elsewhere.
        Moved = "moved",
        /// The person died.
        Died = "died",
        /// The child was adopted.
        Adopted = "adopted",
        /// The person fled.
        Fled = "fled",
        /// Another reason.
        Other = "other",
    }

    /// Statutory statuses.
    StatutoryStatusCode {
        /// Child in need.
        ChildInNeed = "child_in_need",
        /// On a child protection plan.
        ChildProtectionPlan = "child_protection_plan",
        /// Looked after by the authority.
        LookedAfter = "looked_after",
        /// Special educational needs.
        Sen = "sen",
        /// Education, health and care plan.
        Ehcp = "ehcp",
    }

    /// Systems that number people.
    IdentifierSystem {
        /// Police reference.
        PoliceReference = "police_reference",
        /// National Insurance number.
        Nino = "nino",
        /// Unique pupil number.
        Upn = "upn",
        /// NHS number.
        NhsNumber = "nhs_number",
        /// Tenancy reference.
        Tenancy = "tenancy",
    }
}

impl IdentifierSystem {
    /// Whether its numbers are of homes or schools, so that they tell where somebody is.
    pub fn is_of_a_place(self) -> bool {
        matches!(self, Self::Upn | Self::Tenancy)
    }
}

table! {
    /// A person.
    PersonRow = Person "person" of authority {
        /// The person's key.
        id: Uuid, named("person_key"), never;
        /// Given names; empty where there are none.
        given_name: String, text(100), open;
        /// Family name; empty where there is none.
        family_name: String, text(100), open;
        /// Date of birth, where it is wholly known.
        date_of_birth: Option<NaiveDate>, holds(Holds::Birth), open;
        /// Year of birth, where no more than it and the month is known.
        birth_year: Option<i32>, within(1800, 2199), apart;
        /// Month of birth, likewise.
        birth_month: Option<i32>, within(1, 12), apart;
        /// Sex as recorded.
        sex: Sex;
        /// Ethnicity as recorded.
        ethnicity: Option<String>, text(100);
        /// Disability as recorded.
        disability: Option<String>, text(500);
        /// Whether where they live must not be told.
        shielded: bool, unsaid;
        /// The day on which a child who was not born yet is expected.
        expected_on: Option<NaiveDate>;
        /// Whether they are recorded as an adult.
        adult: bool, unsaid;
        /// The day of their death.
        died_on: Option<NaiveDate>;
    }
}

table! {
    /// That a person belongs to a family, and what is recorded of them there.
    MembershipRow = Membership "membership" of family {
        /// The person.
        person_id: Uuid, of(Table::Person, "person_key"), never;
        /// What the person is in the family.
        relationship: Relationship;
        /// Whether they have parental responsibility.
        parental_responsibility: bool;
        /// First day.
        valid_from: NaiveDate;
        /// The day it ended.
        valid_until: Option<NaiveDate>;
        /// Employment status.
        employment_status: Option<String>, text(100);
        /// School, college or other setting.
        education_setting: Option<String>, text(200);
        /// Telephone.
        phone: Option<String>, text(40);
        /// E-mail.
        email: Option<String>, text(254);
        /// The agency it came from.
        source_agency_id: Option<Uuid>, agency("source_agency"), once;
        /// Why it ended, where that is recorded.
        end_reason: Option<MembershipEnd>;
    }
}

table! {
    /// A person's number in another system.
    LocalIdentifierRow = LocalIdentifier "local_identifier" of family {
        /// The person.
        person_id: Uuid, of(Table::Person, "person_key"), never;
        /// Which system.
        system: IdentifierSystem, never;
        /// The number.
        value: String, text(60);
    }
    order row => (row.system.word(), row.id);
    facts row, _ => RowFacts::number(row.person_id, row.system.is_of_a_place());
    links Person = person_id;
}

table! {
    /// A period with a statutory status.
    StatutoryStatusRow = StatutoryStatus "statutory_status" of family {
        /// The person.
        person_id: Uuid, of(Table::Person, "person_key"), never;
        /// The status.
        status: StatutoryStatusCode;
        /// First day.
        valid_from: NaiveDate;
        /// The day it ended.
        valid_until: Option<NaiveDate>;
    }
    order row => (Reverse(row.valid_from), row.id);
    facts row, _ => RowFacts::person(row.person_id);
    links Person = person_id;
}
