//! Families, and where they live.

use std::cmp::Reverse;

use chrono::NaiveDate;
use uuid::Uuid;

use super::table::table;
use crate::{code::codes, sharing::facts::RowFacts};

codes! {
    /// Level of need set at the checkpoint.
    NeedLevel {
        /// High or complex needs.
        HighOrComplex = "high_or_complex",
        /// Additional expert help.
        ExpertHelp = "expert_help",
        /// Monitoring.
        Monitoring = "monitoring",
    }

    /// How a family came in.
    Route {
        /// Nominated by an agency.
        Nomination = "nomination",
        /// Found in data.
        Data = "data",
    }
}

table! {
    /// A family.
    FamilyRow = Family "family" of authority {
        /// The family's key.
        id: Uuid, named("family_key"), never;
        /// A reference people can read over the telephone.
        reference: String, text(40);
        /// District.
        district: Option<String>, text(100);
        /// Ward.
        ward: Option<String>, text(100);
        /// Locality.
        locality: Option<String>, text(100);
        /// Children's centre reach area.
        reach_area: Option<String>, text(100);
        /// Need level set at the checkpoint.
        need_level: Option<NeedLevel>;
        /// How it came in.
        route: Route;
        /// The day it was attached to the cohort.
        attached_on: Option<NaiveDate>;
        /// The day it was closed.
        closed_on: Option<NaiveDate>;
    }
}

table! {
    /// Where a family lives or lived.
    AddressRow = Address "address" of family {
        /// First line.
        line1: String, text(200);
        /// Second line.
        line2: Option<String>, text(200);
        /// Town.
        town: Option<String>, text(100);
        /// Postcode.
        postcode: String, text(10);
        /// First day.
        valid_from: NaiveDate;
        /// The day it ended.
        valid_until: Option<NaiveDate>;
    }
    order row => (Reverse(row.valid_from), row.id);
    facts _row, _ => RowFacts::family();
}
