//! Elements of `ion_rs` (feature `ion-rs`).

