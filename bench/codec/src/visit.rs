//! Looking at every value of an item: what a reader of borrowed values does next. The peers have
//! built their values by then.

use ddbkit_codec::{ItemRef, ValueRef};
use std::hint::black_box;

/// Takes every name, string and number as text, unescaped, and the length of every binary.
pub fn visit(item: ItemRef<'_>) {
    for (name, value) in item {
        black_box(name.get());
        visit_value(value);
    }
}

fn visit_value(value: ValueRef<'_>) {
    match value {
        ValueRef::S(text) => drop(black_box(text.get())),
        ValueRef::N(number) => drop(black_box(number.text())),
        ValueRef::B(binary) => {
            black_box(binary.len());
        }
        ValueRef::Bool(flag) => {
            black_box(flag);
        }
        ValueRef::Null => {}
        ValueRef::L(list) => list.iter().for_each(visit_value),
        ValueRef::M(map) => visit(map),
        ValueRef::Ss(set) => set.iter().for_each(|text| drop(black_box(text.get()))),
        ValueRef::Ns(set) => set.iter().for_each(|number| drop(black_box(number.text()))),
        ValueRef::Bs(set) => set.iter().for_each(|binary| {
            black_box(binary.len());
        }),
    }
}
