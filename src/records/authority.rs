//! Authorities, agencies and their programs: nothing about a family.

use uuid::Uuid;

use super::{Holds, table::table};

/// What whoever meets a family with a marker is asked to do, where its authority says nothing else.
pub const MARKER_ADVICE: &str =
    "Tell the Lead Professional of your contact with the family, and ask them before you begin anything new with it.";

table! {
    /// An upper-tier council that runs the programme.
    AuthorityRow = Authority "authority" by id {
        /// Its number.
        id: i32, holds(Holds::Authority);
        /// Its code.
        code: String, holds(Holds::Code);
        /// Its name.
        name: String, text(200);
        /// From this age, in years, a person's own consent counts.
        own_consent_age: i32;
        /// How long emergency access holds, in hours.
        emergency_hours: i32;
        /// Counts below this are suppressed in statistics.
        suppression_threshold: i32;
        /// What whoever meets a family with a marker is asked to do.
        marker_advice: String, text(1000);
        /// Whom to ring in an emergency about whoever is at risk, whose whereabouts no emergency opens.
        number_to_ring: Option<String>, text(100);
    }
}

table! {
    /// An authority that another one compares itself with.
    StatisticalNeighbourRow = StatisticalNeighbour "statistical_neighbour" by authority_id {
        /// The authority.
        authority_id: i32, holds(Holds::Authority);
        /// The one it compares itself with.
        neighbour_id: i32, holds(Holds::Authority);
    }
}

table! {
    /// An organisation in the partnership.
    AgencyRow = Agency "agency" of authority {
        /// Its key.
        id: Uuid, apart;
        /// Its code in tokens and agreements.
        code: String, holds(Holds::Code), never;
        /// Its name.
        name: String, text(200);
        /// What kind of agency it is.
        kind: String, holds(Holds::AgencyKind), never;
    }
}

table! {
    /// A program that a partner's systems use.
    ClientProgramRow = ClientProgram "client_program" by authority_id {
        /// The authority it belongs to.
        authority_id: i32, holds(Holds::Authority);
        /// Its key.
        id: Uuid;
        /// Whose program it is.
        agency_id: Uuid, agency("agency");
        /// Its name in tokens.
        client_id: String, text(200);
        /// Its name for people.
        name: String, text(200);
    }
}
