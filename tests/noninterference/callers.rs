//! Callers: of any agency, role and purpose that a clause speaks of, and some of which none does.

use std::sync::Arc;

use chrono::NaiveDate;
use thinkfamily::{
    records::AgencyRow,
    sharing::{
        agreement::{Agreement, Policy},
        caller::{Caller, Party},
        ceiling::Ceiling,
    },
};

use crate::{chance::Chance, world::World};

/// An authority with its agreement, to draw callers from.
pub(crate) struct Office {
    pub(crate) authority: i32,
    pub(crate) code: String,
    pub(crate) agreement: Agreement,
    pub(crate) agencies: Vec<AgencyRow>,
    /// Lead Professionals and people with emergency access: agency and subject.
    pub(crate) known: Vec<(uuid::Uuid, String)>,
}

impl Office {
    pub(crate) fn new(world: &World, authority: i32, code: &str, agreement: Agreement) -> Self {
        let of_this = world
            .folders
            .iter()
            .filter(|folder| folder.family.authority_id == authority);
        let known = of_this.flat_map(|folder| {
            let leads = folder
                .lead_professionals
                .iter()
                .map(|row| (row.agency_id, row.subject.clone()));
            leads.chain(
                folder
                    .emergency_accesses
                    .iter()
                    .map(|row| (row.agency_id, row.subject.clone())),
            )
        });
        Self {
            authority,
            code: code.to_owned(),
            agreement,
            known: known.collect(),
            agencies: world
                .rest
                .agencies
                .iter()
                .filter(|row| row.authority_id == authority)
                .cloned()
                .collect(),
        }
    }

    pub(crate) fn ceiling(&self, caller: &Caller, today: NaiveDate) -> Arc<Ceiling> {
        let policy = Policy {
            agreements: vec![self.agreement.clone()],
        };
        Arc::new(Ceiling::of(&policy, Arc::new(caller.clone()), today))
    }

    fn agency(&self, kind: &str, chance: &mut Chance) -> Option<&AgencyRow> {
        let of_kind: Vec<&AgencyRow> = self.agencies.iter().filter(|row| row.kind == kind).collect();
        (!of_kind.is_empty()).then(|| chance.pick(&of_kind))
    }

    /// A caller with a role that a clause speaks of, sometimes through a portal, sometimes for a purpose of which none speaks.
    pub(crate) fn caller(&self, chance: &mut Chance) -> Option<Caller> {
        let clauses: Vec<_> = self
            .agreement
            .clauses
            .iter()
            .filter(|clause| !clause.roles.contains(&"portal".to_owned()))
            .collect();
        let clause = chance.pick(&clauses);
        let word = |of: &[String], chance: &mut Chance| of[chance.number(0, of.len() - 1)].clone();
        let (kind, role) = (word(&clause.agency_kinds, chance), word(&clause.roles, chance));
        let purpose = if chance.percent(5) {
            "research".to_owned()
        } else {
            word(&clause.purposes, chance)
        };
        let agency = self.agency(&kind, chance)?;
        let known: Vec<&String> = self
            .known
            .iter()
            .filter(|(of, _)| *of == agency.id)
            .map(|(_, subject)| subject)
            .collect();
        let subject = if known.is_empty() || chance.percent(15) {
            "somebody".to_owned()
        } else {
            chance.pick(&known).clone()
        };
        Some(self.of(
            agency,
            &role,
            &purpose,
            &subject,
            chance.percent(15).then(|| self.agency("early_help", chance)).flatten(),
        ))
    }

    /// A certain caller.
    pub(crate) fn of(
        &self,
        agency: &AgencyRow,
        role: &str,
        purpose: &str,
        subject: &str,
        portal: Option<&AgencyRow>,
    ) -> Caller {
        let party = |agency: &AgencyRow, role: &str, subject: &str| Party {
            agency: agency.id,
            agency_code: agency.code.clone(),
            agency_kind: agency.kind.clone(),
            role: role.to_owned(),
            subject: subject.to_owned(),
        };
        Caller {
            authority: self.authority,
            authority_code: self.code.clone(),
            principal: party(agency, role, subject),
            portal: portal.map(|agency| party(agency, "portal", "a-portal")),
            client: "test-client".to_owned(),
            purpose: purpose.to_owned(),
            purposes: vec![purpose.to_owned()],
        }
    }

    /// Callers who see much, to tell whether two data sets differ to anybody.
    pub(crate) fn observers(&self) -> Vec<Caller> {
        let mut observers = Vec::new();
        for (kind, role, purpose) in [
            ("tff_team", "data_analyst", "programme_management"),
            ("tff_team", "coordinator", "programme_management"),
            ("tff_team", "family_researcher", "programme_management"),
            ("internal_audit", "auditor", "audit"),
            ("childrens_social_care", "practitioner", "safeguarding"),
            ("early_help", "practitioner", "family_support"),
        ] {
            if let Some(agency) = self.agencies.iter().find(|row| row.kind == kind) {
                observers.push(self.of(agency, role, purpose, "an-observer", None));
            }
        }
        for (agency, subject) in self.known.iter().take(3) {
            if let Some(agency) = self.agencies.iter().find(|row| row.id == *agency) {
                observers.push(self.of(agency, "lead_professional", "family_support", subject, None));
            }
        }
        observers
    }
}
