//! The checks for serious harm that are made before somebody is told who saw what of them.

use crate::of_families::of_families;

of_families! {
    "m0041_access_check"
    "access_check" {
        "person_id uuid NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('release', 'release_without_agencies', 'refuse')),
        reason text NOT NULL,
        advised_by text,
        checked_on date NOT NULL,
        recorded_at timestamp with time zone NOT NULL,
        agency_id uuid NOT NULL,
        subject text NOT NULL,
        FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id),
        FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)"
    }
}
