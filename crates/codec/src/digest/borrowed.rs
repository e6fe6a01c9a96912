//! The canonical form of what was read to a tape.

use super::canonical::{blob, length, tagged};
use crate::{ItemRef, NumberRef, ValueRef};
use std::borrow::Cow;

pub(super) fn map(item: ItemRef<'_>, out: &mut Vec<u8>) {
    out.push(b'M');
    length(item.len(), out);
    let mut attributes: Vec<(Cow<'_, str>, ValueRef<'_>)> =
        item.iter().map(|(name, value)| (name.get(), value)).collect();
    attributes.sort_unstable_by(|(a, _), (b, _)| a.as_bytes().cmp(b.as_bytes()));
    for (name, value) in attributes {
        blob(name.as_bytes(), out);
        canonical(value, out);
    }
}

fn canonical(value: ValueRef<'_>, out: &mut Vec<u8>) {
    match value {
        ValueRef::S(text) => tagged(b'S', text.get().as_bytes(), out),
        ValueRef::N(number) => tagged(b'N', number.normal_form().as_bytes(), out),
        ValueRef::B(binary) => tagged(b'B', &binary.to_vec(), out),
        ValueRef::Bool(true) => out.push(b'T'),
        ValueRef::Bool(false) => out.push(b'F'),
        ValueRef::Null => out.push(b'0'),
        ValueRef::L(list) => {
            out.push(b'L');
            length(list.len(), out);
            list.iter().for_each(|value| canonical(value, out));
        }
        ValueRef::M(item) => map(item, out),
        ValueRef::Ss(set) => {
            let mut texts: Vec<_> = set.iter().map(|text| text.get()).collect();
            texts.sort_unstable();
            members(b's', &texts, |text| text.as_bytes(), out);
        }
        ValueRef::Ns(set) => {
            let mut numbers: Vec<_> = set.iter().map(|number| number.to_number()).collect();
            numbers.sort_unstable();
            let texts: Vec<_> = numbers.iter().map(|number| number.normal_form()).collect();
            members(b'n', &texts, |text| text.as_bytes(), out);
        }
        ValueRef::Bs(set) => {
            let mut binaries: Vec<_> = set.iter().map(|binary| binary.to_vec()).collect();
            binaries.sort_unstable();
            members(b'b', &binaries, Vec::as_slice, out);
        }
    }
}

fn members<T>(tag: u8, set: &[T], bytes: impl Fn(&T) -> &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    length(set.len(), out);
    for member in set {
        blob(bytes(member), out);
    }
}

impl NumberRef<'_> {
    fn normal_form(&self) -> Cow<'_, str> {
        match self.text() {
            Cow::Borrowed(text) => crate::number::normal_form(text),
            Cow::Owned(text) => Cow::Owned(crate::number::normal_form(&text).into_owned()),
        }
    }
}
