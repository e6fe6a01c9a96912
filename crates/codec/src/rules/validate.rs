//! Everything that DynamoDB would refuse, before it is sent.

use super::keys::TableKeys;
use super::size::MAX_ITEM_SIZE;
use super::violation::{Violation, ViolationKind};
use crate::error::name_in_path;
use crate::value::wrong_with_set;
use crate::{AttributeValue, DecodeErrorKind, Item};

/// The most bytes of the name of an attribute (Developer Guide, "Quotas in Amazon DynamoDB": 64 KB;
/// measured on DynamoDB Local 2.6.1: 65,536 bytes are refused). Keys have
/// [less](super::MAX_KEY_NAME).
pub const MAX_NAME: usize = 65_535;

/// The most lists and maps that stand in each other. The Developer Guide counts the value in the
/// innermost as well and says 32 levels; DynamoDB Local 2.6.1 refuses a 32nd list or map also where it
/// is empty.
pub const MAX_NESTING: usize = 31;

impl Item {
    /// Says all that DynamoDB would refuse about the item: in the order of the attributes what is
    /// wrong with values, then the size, then the keys, if those of the table are given.
    ///
    /// A [`Number`](crate::Number) is always one that DynamoDB takes, so there is nothing to say
    /// about numbers. What stands below a name that is too long, or in a list or map that is nested
    /// too deep, is not looked at, and of the values no more than 100 violations are told.
    ///
    /// # Errors
    /// Each rule that is broken, with its place; see [`rules`](crate::rules) for where rules come
    /// from.
    pub fn validate(&self, keys: Option<&TableKeys>) -> Result<(), Vec<Violation>> {
        let mut walk = Walk { path: Vec::new(), violations: Vec::new() };
        walk.attributes(self);
        let mut violations = walk.violations;
        if self.size() > MAX_ITEM_SIZE {
            let message = "Item size has exceeded the maximum allowed size";
            violations.push(Violation::new(ViolationKind::ItemTooLarge, "$".to_owned(), message));
        }
        violations.extend(keys.into_iter().flat_map(|keys| keys.violations(self)));
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }
}

/// The most violations that are told of values, so that their paths are not longer than memory.
const MOST: usize = 100;

/// A walk over values. It goes no deeper than DynamoDB does.
struct Walk<'a> {
    path: Vec<Step<'a>>,
    violations: Vec<Violation>,
}

/// A step of the path, as text only where something is wrong.
enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

impl<'a> Walk<'a> {
    fn attributes(&mut self, map: &'a Item) {
        for (name, value) in map.iter() {
            if name.is_empty() {
                self.found(ViolationKind::EmptyName, "Empty attribute name");
            }
            if name.len() > MAX_NAME {
                let message = "Attribute name is too large, must be less than 65536 bytes";
                self.found(ViolationKind::NameTooLong, message);
                continue;
            }
            self.path.push(Step::Name(name));
            self.value(value);
            self.path.pop();
        }
    }

    fn value(&mut self, value: &'a AttributeValue) {
        match value {
            AttributeValue::L(_) | AttributeValue::M(_) if self.path.len() > MAX_NESTING => {
                self.found(
                    ViolationKind::TooDeep,
                    "Nesting Levels have exceeded supported limits: Attributes in the item have \
                     nested levels beyond supported limit",
                );
            }
            AttributeValue::L(list) => {
                for (index, element) in list.iter().enumerate() {
                    self.path.push(Step::Index(index));
                    self.value(element);
                    self.path.pop();
                }
            }
            AttributeValue::M(map) => self.attributes(map),
            AttributeValue::Ss(set) => self.set(
                set,
                "One or more parameter values were invalid: An string set  may not be empty",
                "One or more parameter values were invalid: Input collection [...] contains \
                 duplicates",
            ),
            AttributeValue::Ns(set) => self.set(
                set,
                "One or more parameter values were invalid: An number set  may not be empty",
                "Input collection contains duplicates",
            ),
            AttributeValue::Bs(set) => self.set(
                set,
                "One or more parameter values were invalid: Binary sets should not be empty",
                "One or more parameter values were invalid: Input collection of type BS contains \
                 duplicates.",
            ),
            AttributeValue::S(_)
            | AttributeValue::N(_)
            | AttributeValue::B(_)
            | AttributeValue::Bool(_)
            | AttributeValue::Null => {}
        }
    }

    fn set<T: Ord>(&mut self, members: &[T], if_empty: &'static str, if_twice: &'static str) {
        match wrong_with_set(members) {
            Some(DecodeErrorKind::EmptySet) => self.found(ViolationKind::EmptySet, if_empty),
            Some(_) => self.found(ViolationKind::DuplicateInSet, if_twice),
            None => {}
        }
    }

    /// Keeps what is wrong at this place.
    fn found(&mut self, kind: ViolationKind, message: &'static str) {
        if self.violations.len() == MOST {
            return;
        }
        let steps = self.path.iter().map(|step| match step {
            Step::Name(name) => name_in_path(name),
            Step::Index(index) => format!("[{index}]"),
        });
        let path = std::iter::once("$".to_owned()).chain(steps).collect();
        self.violations.push(Violation::new(kind, path, message));
    }
}
