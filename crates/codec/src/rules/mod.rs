//! What DynamoDB counts and what it refuses: sizes, capacity units, limits of keys, and
//! [`Item::validate`] before an item is sent.
//!
//! ```
//! use ddbkit_codec::rules::{self, Consistency, Key, KeyType, TableKeys, ViolationKind};
//! use ddbkit_codec::{AttributeValue, Item};
//!
//! let mut item = Item::new();
//! item.insert("pk", "customer#1");
//! item.insert("tags", AttributeValue::Ss(vec!["new".into(), "new".into()]));
//! assert_eq!(item.size(), 22);
//! assert_eq!(rules::write_units(item.size()), 1.0);
//! assert_eq!(rules::read_units(item.size(), Consistency::Eventual), 0.5);
//!
//! let keys = TableKeys::new(Key::partition("pk", KeyType::S).sort("sk", KeyType::N));
//! let violations = item.validate(Some(&keys)).unwrap_err();
//! let kinds: Vec<_> = violations.iter().map(|violation| violation.kind()).collect();
//! assert_eq!(kinds, [ViolationKind::DuplicateInSet, ViolationKind::KeyMissing]);
//! assert_eq!(violations[0].to_string(), "a set with a member twice at $.tags");
//! ```
//!
//! # Where the rules come from
//!
//! From the Developer Guide ("Quotas in Amazon DynamoDB", "DynamoDB item sizes and formats", "DynamoDB
//! throughput capacity") where it is exact, and otherwise from measuring DynamoDB Local 2.6.1, which
//! the tests compare with thousands of generated items. These were measured:
//!
//! | rule | the Developer Guide | DynamoDB Local 2.6.1, and this module |
//! |---|---|---|
//! | size of a number | about one byte for two digits, and one | exact, see [`Number::size`] |
//! | size of a set | silent | the sum of its members, nothing beside |
//! | nesting | 32 levels | 31 lists and maps, the innermost of which may hold a scalar or a set; a 32nd is refused also where it is empty |
//! | attribute of the key of an index | silent | checked in every item that has it, also in one that lacks the rest of the key |
//!
//! Here DynamoDB Local differs from the guide, and this module follows the guide:
//!
//! | rule | the Developer Guide, and this module | DynamoDB Local 2.6.1 |
//! |---|---|---|
//! | Query or Scan that finds nothing | the least that a read takes | 0 units |
//! | BatchGetItem of a key that is not there | the least that a read takes | 0 units |
//! | write in a transaction | twice a write | four times (release 3.1.0: twice) |
//! | number in digits of other scripts | not a number (the guide is silent) | a number |
//!
//! [`Item::validate`]: crate::Item::validate
//! [`Number::size`]: crate::Number::size

mod capacity;
mod keys;
mod size;
mod validate;
mod violation;

pub use capacity::{
    Consistency, batch_get_units, page_units, read_units, transactional_write_units, update_units,
    write_units,
};
pub use keys::{Key, KeyType, MAX_KEY_NAME, MAX_PARTITION_KEY, MAX_SORT_KEY, TableKeys};
pub use size::{MAX_ITEM_SIZE, STORAGE_OVERHEAD};
pub use validate::{MAX_NAME, MAX_NESTING};
pub use violation::{Violation, ViolationKind};
