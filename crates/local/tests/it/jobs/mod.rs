//! The double of exports and imports, through the clients that follow real ones.

mod exports;
mod imports;
mod recovery;
mod stage;
