//! The databases: that they can be made and unmade, hold what they should and refuse what they should.

mod connect;
mod constraints;
mod deciders;
mod described;
mod migrations;
mod tables;
mod together;
