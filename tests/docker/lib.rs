//! Tests that start servers in containers; see `tests/`.
