//! The tree of paths.

use super::stats::Stats;
use super::{LONGEST_NAME, MAX_IN_MAP, MAX_TOP, Room};
use crate::Attribute;
use std::collections::HashMap;

/// The values at one path, and the paths behind it.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub(super) stats: Stats,
    /// Attributes of maps, in the order in which they were seen.
    named: Vec<(Box<str>, Node)>,
    index: HashMap<Box<str>, usize>,
    /// All attributes of maps that have too many names.
    any: Option<Box<Node>>,
    /// Elements of lists.
    elements: Option<Box<Node>>,
}

impl Node {
    /// The node of an attribute in this one, at this depth; none where there is no room for it.
    pub(super) fn named(&mut self, name: &str, depth: u32, room: &mut Room) -> Option<&mut Node> {
        if name.len() > LONGEST_NAME {
            return None;
        }
        let known = self.index.get(name).copied();
        let is_full = depth > 1 && known.is_none() && self.named.len() >= MAX_IN_MAP;
        if is_full || self.any.is_some() {
            return self.any(depth, room);
        }
        let at = match known {
            Some(at) => at,
            None if depth == 1 && self.named.len() >= MAX_TOP => return None,
            None if depth > 1 && !room.take(depth) => return None,
            None => {
                self.index.insert(name.into(), self.named.len());
                self.named.push((name.into(), Node::default()));
                self.named.len() - 1
            }
        };
        self.named.get_mut(at).map(|(_, node)| node)
    }

    /// The node of all attributes in this one. Where they had nodes of their own they have one together
    /// from now on; which of them came first does not matter to what comes out.
    fn any(&mut self, depth: u32, room: &mut Room) -> Option<&mut Node> {
        if self.any.is_none() {
            self.index.clear();
            let named = std::mem::take(&mut self.named);
            room.inside -= named.iter().map(|(_, node)| node.count()).sum::<usize>();
            if !room.take(depth) {
                return None;
            }
            let any = self.any.insert(Box::default());
            for (_, node) in named {
                any.merge(node, depth, room);
            }
        }
        self.any.as_deref_mut()
    }

    /// The node of elements in this one, at this depth; none where there is no room for it.
    pub(super) fn element(&mut self, depth: u32, room: &mut Room) -> Option<&mut Node> {
        if self.elements.is_none() && room.take(depth) {
            self.elements = Some(Box::default());
        }
        self.elements.as_deref_mut()
    }

    /// Adds what another tree has at the same path, which is at this depth.
    pub(super) fn merge(&mut self, other: Self, depth: u32, room: &mut Room) {
        let inside = depth + 1;
        self.stats.merge(&other.stats);
        if let Some(theirs) = other.any {
            merge_into(self.any(inside, room), *theirs, inside, room);
        }
        for (name, theirs) in other.named {
            merge_into(self.named(&name, inside, room), theirs, inside, room);
        }
        if let Some(theirs) = other.elements {
            merge_into(self.element(inside, room), *theirs, inside, room);
        }
    }

    fn inside(&self) -> impl Iterator<Item = &Node> {
        let named = self.named.iter().map(|(_, node)| node);
        named.chain(self.any.as_deref()).chain(self.elements.as_deref())
    }

    /// This node and those inside.
    fn count(&self) -> usize {
        1 + self.inside().map(Self::count).sum::<usize>()
    }

    fn leave_out(&self, depth: u32, room: &mut Room) {
        room.leave_out(depth, self.stats.presence(), self.stats.bytes);
        self.inside().for_each(|node| node.leave_out(depth + 1, room));
    }

    /// The rows of what is inside of this path.
    pub(super) fn rows(&self, path: &str, depth: u32, rows: &mut Vec<Attribute>) {
        let named = self.named.iter().map(|(name, node)| (step(path, name), node));
        let any = self.any.iter().map(|node| (format!("{path}.*"), &**node));
        let elements = self.elements.iter().map(|node| (format!("{path}[]"), &**node));
        for (path, node) in named.chain(any).chain(elements) {
            let stats = &node.stats;
            rows.push(Attribute {
                depth: depth + 1,
                presence: stats.presence(),
                types: stats.types().clone(),
                bytes: stats.bytes,
                min_bytes: stats.min_bytes,
                max_bytes: stats.max_bytes,
                distinct: stats.distinct(),
                path: path.clone(),
            });
            node.rows(&path, depth + 1, rows);
        }
    }
}

fn merge_into(own: Option<&mut Node>, theirs: Node, depth: u32, room: &mut Room) {
    match own {
        Some(own) => own.merge(theirs, depth, room),
        None => theirs.leave_out(depth, room),
    }
}

/// The path of an attribute, with the names quoted that could be taken for something else.
fn step(path: &str, name: &str) -> String {
    let is_plain = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    match (is_plain, path) {
        (true, "") => name.to_owned(),
        (true, _) => format!("{path}.{name}"),
        (false, _) => format!("{path}['{}']", name.escape_debug()),
    }
}
