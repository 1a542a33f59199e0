//! The tests of the whole: one binary, so that it is linked once and shares one throw-away PostgreSQL.

mod store;
mod support;
mod trail;
