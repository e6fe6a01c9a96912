//! Whether what came out of a case is the item that went in.

mod ours;
mod peers;
pub mod size;

use crate::corpus::Want;

pub use peers::is_line;

pub trait Same {
    fn same(&self, want: &Want) -> bool;
}
