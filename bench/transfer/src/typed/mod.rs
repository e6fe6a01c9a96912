//! The same work as most programs do it: through the values of the SDK.

mod dump;
mod json;
mod load;
mod value;

pub use dump::{Form, dump};
pub use load::{Write, load};
