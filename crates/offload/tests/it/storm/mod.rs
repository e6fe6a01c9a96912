//! Storms: many writers, lost and late and repeated requests, crashes, and a collector at work.
//!
//! `DDBKIT_TEST_STORM_SECONDS` says how long they last; `cargo xtask soak` sets it.

mod chaos;
mod each_fault;
mod kill;
mod ours;
mod pynamodb_mate;
mod world;
