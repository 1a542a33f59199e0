//! Who may see nothing of a family, whatever an agreement says.

use crate::of_families::of_families;

of_families! {
    "m0037_barred_subject"
    "barred_subject" {
        "agency_id uuid,
        subject text NOT NULL,
        valid_from date NOT NULL,
        valid_until date,
        FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id),
        CHECK (valid_until >= valid_from)",
        "CREATE INDEX barred_subject_subject ON barred_subject (authority_id, subject)"
    }
}
