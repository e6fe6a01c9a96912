//! Looking at every value of an item: what a reader of borrowed values does next. The peers have
//! built their values by then.

use ddbkit_codec::{ItemRef, ListRef, NumberRef, ValueRef};
use std::hint::black_box;

/// Takes every name, string and number as text, unescaped, and the length of every binary.
pub fn visit(item: ItemRef<'_>) {
    visit_map(item, |number| {
        black_box(&*number.text());
    });
}

/// The same with numbers as coefficient and exponent: what `ion_rs` gives of a decimal.
pub fn visit_decimals(item: ItemRef<'_>) {
    visit_map(item, |number| {
        black_box(number.decimal_parts());
    });
}

fn visit_map(item: ItemRef<'_>, number: impl Fn(NumberRef<'_>) + Copy) {
    for (name, value) in item {
        // First, so that the value is told apart once, where it is made.
        visit_value(value, number);
        black_box(&*name.get());
    }
}

fn visit_list(list: ListRef<'_>, number: impl Fn(NumberRef<'_>) + Copy) {
    for value in list {
        visit_value(value, number);
    }
}

/// Inlined, so that the value that is looked at need not be put into memory for a call.
#[allow(clippy::inline_always, reason = "the library is to be measured, not calls from here")]
#[inline(always)]
fn visit_value(value: ValueRef<'_>, number: impl Fn(NumberRef<'_>) + Copy) {
    match value {
        ValueRef::S(text) => {
            black_box(&*text.get());
        }
        ValueRef::N(own) => number(own),
        ValueRef::B(binary) => {
            black_box(binary.len());
        }
        ValueRef::Bool(flag) => {
            black_box(flag);
        }
        ValueRef::Null => {}
        ValueRef::L(list) => visit_list(list, number),
        ValueRef::M(map) => visit_map(map, number),
        ValueRef::Ss(set) => set.iter().for_each(|text| {
            black_box(&*text.get());
        }),
        ValueRef::Ns(set) => set.iter().for_each(number),
        ValueRef::Bs(set) => set.iter().for_each(|binary| {
            black_box(binary.len());
        }),
    }
}
