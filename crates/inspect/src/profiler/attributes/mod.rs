//! Which attributes there are, at the top of items and inside.

mod node;
mod stats;

use crate::Attribute;
use ddbkit_codec::ValueRef;
use node::Node;
use std::cmp::Reverse;

/// Names at the top of items that have a row of their own; the others are counted together.
pub(super) const MAX_TOP: usize = 1000;
/// Rows below the top.
pub(super) const MAX_INSIDE: usize = 4000;
/// Names in one map. Those of a map with more are data rather than names, and become one row.
pub(super) const MAX_IN_MAP: usize = 64;
/// Longer names have no row, so that what is held of names is bounded as well.
pub(super) const LONGEST_NAME: usize = 255;
/// How deep there are rows: `a.b[].c` is at depth 4.
pub(super) const MAX_DEPTH: u32 = 4;

/// What lists and maps cost beside what is inside, and each element or attribute in them (see
/// [`Item::size`](ddbkit_codec::Item::size)).
const CONTAINER: u64 = 3;
const CHILD: u64 = 1;

/// All attributes, in bounded memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes {
    root: Node,
    room: Room,
}

/// What is left of the bounds, and what did not fit.
#[derive(Clone, Debug, Default)]
struct Room {
    /// Rows below the top.
    inside: usize,
    left_out: u64,
    left_out_bytes: u64,
}

/// What a walk over a value found.
#[derive(Clone, Copy)]
pub(super) struct Walked {
    /// The size of the value, without its name.
    pub(super) bytes: u64,
    /// Lists and maps in each other.
    pub(super) nesting: u64,
}

impl Attributes {
    /// Takes an attribute at the top of an item.
    pub(super) fn add(&mut self, name: &str, value: &ValueRef<'_>) -> Walked {
        let Self { root, room } = self;
        let node = root.named(name, 1, room);
        walk(node, value, name.len() as u64, 1, room)
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.root.merge(other.root, 0, &mut self.room);
        self.room.left_out += other.room.left_out;
        self.room.left_out_bytes += other.room.left_out_bytes;
    }

    /// Values without a row, and the bytes of those at the top of items.
    pub(super) fn left_out(&self) -> (u64, u64) {
        (self.room.left_out, self.room.left_out_bytes)
    }

    /// The rows, those with the most bytes first.
    pub(super) fn rows(&self) -> Vec<Attribute> {
        let mut rows = Vec::new();
        self.root.rows("", 0, &mut rows);
        rows.sort_by(|a: &Attribute, b| {
            (Reverse(a.bytes), &a.path).cmp(&(Reverse(b.bytes), &b.path))
        });
        rows
    }
}

/// Measures a value and counts it and what is inside. `name` is what its name or place adds to its size.
fn walk(
    mut node: Option<&mut Node>,
    value: &ValueRef<'_>,
    name: u64,
    depth: u32,
    room: &mut Room,
) -> Walked {
    let walked = match value {
        ValueRef::M(map) => {
            let mut sum = Walked { bytes: CONTAINER, nesting: 0 };
            for (inner, value) in map {
                let inner = inner.get();
                let child = node.as_mut().and_then(|node| node.named(&inner, depth + 1, room));
                let name = CHILD + inner.len() as u64;
                sum.add(name, walk(child, &value, name, depth + 1, room));
            }
            sum.around()
        }
        ValueRef::L(list) => {
            let mut sum = Walked { bytes: CONTAINER, nesting: 0 };
            for value in list {
                let child = node.as_mut().and_then(|node| node.element(depth + 1, room));
                sum.add(CHILD, walk(child, &value, CHILD, depth + 1, room));
            }
            sum.around()
        }
        _ => Walked { bytes: value.size() as u64, nesting: 0 },
    };
    let bytes = name + walked.bytes;
    match node {
        Some(node) => node.stats.add(value, bytes),
        None => room.leave_out(depth, 1, bytes),
    }
    walked
}

impl Walked {
    fn add(&mut self, name: u64, inside: Self) {
        self.bytes += name + inside.bytes;
        self.nesting = self.nesting.max(inside.nesting);
    }

    fn around(self) -> Self {
        Self { nesting: self.nesting + 1, ..self }
    }
}

impl Room {
    /// Takes the room of a row at this depth, below the top.
    fn take(&mut self, depth: u32) -> bool {
        let has_room = depth <= MAX_DEPTH && self.inside < MAX_INSIDE;
        self.inside += usize::from(has_room);
        has_room
    }

    /// Counts values that have no row, where their depth has rows.
    fn leave_out(&mut self, depth: u32, values: u64, bytes: u64) {
        if depth <= MAX_DEPTH {
            self.left_out += values;
        }
        if depth == 1 {
            self.left_out_bytes += bytes;
        }
    }
}
