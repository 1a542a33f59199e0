//! Estimates a model from descriptions of which nobody has said who is who, by expectation-maximisation.
