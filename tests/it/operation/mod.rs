//! The program as it is operated: restarted one after the other behind a proxy, over a database that goes and comes back, and
//! with a collector that is told how long everything takes.

mod database_lost;
mod rolling;
mod standby;
mod traces;
