//! The archive behind Lambda.

mod batches;
mod function;
mod runtime_api;
