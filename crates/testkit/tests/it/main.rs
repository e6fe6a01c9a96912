//! What tests rely on: servers that answer, items that every server takes.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod backend;
mod items;
mod job_calls;
mod service_rules;
mod streams;
mod tables;
mod year;
