//! The archive behind Lambda.

mod batches;
