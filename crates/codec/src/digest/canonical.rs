//! The canonical form of values.

use crate::value::in_order;
use crate::{AttributeValue, Item};

pub(super) fn map(item: &Item, out: &mut Vec<u8>) {
    out.push(b'M');
    length(item.len(), out);
    for (name, value) in item.in_order() {
        blob(name.as_bytes(), out);
        canonical(value, out);
    }
}

fn canonical(value: &AttributeValue, out: &mut Vec<u8>) {
    match value {
        AttributeValue::S(text) => tagged(b'S', text.as_bytes(), out),
        AttributeValue::N(number) => tagged(b'N', number.normal_form().as_bytes(), out),
        AttributeValue::B(bytes) => tagged(b'B', bytes, out),
        AttributeValue::Bool(true) => out.push(b'T'),
        AttributeValue::Bool(false) => out.push(b'F'),
        AttributeValue::Null => out.push(b'0'),
        AttributeValue::L(list) => {
            out.push(b'L');
            length(list.len(), out);
            for value in list {
                canonical(value, out);
            }
        }
        AttributeValue::M(item) => map(item, out),
        AttributeValue::Ss(set) => members(b's', set, out, |text, out| blob(text.as_bytes(), out)),
        AttributeValue::Ns(set) => members(b'n', set, out, |number, out| {
            blob(number.normal_form().as_bytes(), out);
        }),
        AttributeValue::Bs(set) => members(b'b', set, out, |bytes, out| blob(bytes, out)),
    }
}

fn members<T: Ord>(tag: u8, set: &[T], out: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>)) {
    out.push(tag);
    length(set.len(), out);
    for member in in_order(set) {
        write(member, out);
    }
}

pub(super) fn tagged(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    blob(bytes, out);
}

pub(super) fn blob(bytes: &[u8], out: &mut Vec<u8>) {
    length(bytes.len(), out);
    out.extend_from_slice(bytes);
}

pub(super) fn length(n: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(n as u64).to_be_bytes());
}
