//! The collector on real servers, and on generated listings.

mod apply;
mod bench;
mod generated;
mod plan;
mod verify;
