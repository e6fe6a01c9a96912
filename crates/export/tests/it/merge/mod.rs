//! Full and incremental exports, merged.

mod cancel;
mod damage;
mod exports;
mod model;
mod result;
mod rules;
