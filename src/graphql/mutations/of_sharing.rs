//! Changes of what sharing rests on: consent, involvement, emergency access and the agreement.

use super::{
    bar_subject::{BarSubjectInput, BarSubjectPayload},
    check_subject_access::{CheckSubjectAccessInput, CheckSubjectAccessPayload},
    consent_by_reference::{RecordConsentByReferenceInput, RecordConsentByReferencePayload, Unseen},
    emergency::{OpenEmergencyAccessInput, OpenEmergencyAccessPayload, Opening},
    frame::changes,
    involvement::{EndInvolvementInput, EndInvolvementPayload, RecordInvolvementInput, RecordInvolvementPayload},
    load_agreement::{LoadAgreementInput, LoadAgreementPayload},
    record_consent::{RecordConsentInput, RecordConsentPayload},
    withdraw_consent::{WithdrawConsentInput, WithdrawConsentPayload},
};
use crate::graphql::{context::beside, lookups::Desk};

changes! {
    /// Changes of what sharing rests on: consent, involvement, emergency access and the agreement.
    OfSharing {
        /// Records what was decided about sharing data of a member: one decision for each category and kind of agency. The newest decision
        /// counts.
        record_consent(RecordConsentInput, "Whose data, and what was decided.") -> RecordConsentPayload;
        /// Records what was decided about sharing data of somebody whom you may not see, in a family that you lead or that your agency works with. You are told
        /// `RECORDED` whether or not there is such a family or member.
        record_consent_by_reference(RecordConsentByReferenceInput, "Whose data, and what was decided.") -> RecordConsentByReferencePayload = |ctx, input| Unseen { input, desk: beside::<Desk>(ctx) };
        /// Withdraws a consent that was given. It holds from the moment of the answer.
        withdraw_consent(WithdrawConsentInput, "Which consent.") -> WithdrawConsentPayload;
        /// Records that an agency works with a family, and whom to ask for.
        record_involvement(RecordInvolvementInput, "Which family, which agency, since when.") -> RecordInvolvementPayload;
        /// Records that an agency works with a family no longer.
        end_involvement(EndInvolvementInput, "Which involvement, and when it ended.") -> EndInvolvementPayload;
        /// Opens access to a family in an emergency: for some hours it stands in for involvement and consent where a clause of the agreement says
        /// so. The Lead Professional and the agreement manager are shown it, with your reason.
        open_emergency_access(OpenEmergencyAccessInput, "Which family, on what ground and why.") -> OpenEmergencyAccessPayload = |ctx, input| Opening { input, desk: beside::<Desk>(ctx) };
        /// Bars a family to somebody who has a conflict of interest: whatever an agreement says, and in an emergency too, nothing of it is there for them, from the
        /// moment of the answer or the first day on. Where it is barred to them already, the end of that is set.
        bar_subject(BarSubjectInput, "Which family, to whom, for which days.") -> BarSubjectPayload;
        /// Records a check whether telling a member who saw what of them would do serious harm. The newest check counts, for 30 days.
        check_subject_access(CheckSubjectAccessInput, "Who is to be told, and what came of the check.") -> CheckSubjectAccessPayload;
        /// Loads a version of an information sharing agreement. It takes effect by its dates, and at once where these have come.
        load_agreement(LoadAgreementInput, "The agreement file.") -> LoadAgreementPayload;
    }
}
