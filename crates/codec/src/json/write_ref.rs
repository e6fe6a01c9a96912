//! From the borrowed form to DynamoDB JSON.
#![allow(clippy::inline_always, reason = "all encoding goes through here")]

use super::out::{Out, has_separators};
use crate::ItemRef;
use crate::tape::{Kind, Node, Nodes, Source};

/// A container around the one that is being written.
#[derive(Clone, Copy)]
struct Outer {
    left: usize,
    kind: Kind,
}

/// What stands around a string: enough room for it is made together with the room for the string.
const ROOM: usize = 32;
/// As deep as items are, and sets in them.
const LEVELS: usize = 34;

impl ItemRef<'_> {
    /// The item in DynamoDB JSON, as by [`Item::to_dynamodb_json`].
    ///
    /// [`Item::to_dynamodb_json`]: crate::Item::to_dynamodb_json
    #[must_use]
    pub fn to_dynamodb_json(&self) -> String {
        let mut out = Vec::with_capacity(1024);
        self.write_dynamodb_json(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    /// Appends the item in DynamoDB JSON, without a line end. What was read from DynamoDB JSON keeps
    /// its numbers and escapes as they were written.
    pub fn write_dynamodb_json(&self, buffer: &mut Vec<u8>) {
        if let Some(json) = self.0.source.json()
            && !has_separators(json.as_bytes())
        {
            let copied = |out: &mut Out<'_>, _: Source<'_>, node: Node| {
                out.piece(json.as_bytes(), node.at(), node.len());
            };
            write(self.0, buffer, copied, copied, copied);
        } else {
            write(self.0, buffer, text, number, binary);
        }
    }
}

fn text(out: &mut Out<'_>, source: Source<'_>, node: Node) {
    out.escaped(&source.text(node).get());
}

fn number(out: &mut Out<'_>, source: Source<'_>, node: Node) {
    out.exact(source.number(node).text().as_bytes());
}

fn binary(out: &mut Out<'_>, source: Source<'_>, node: Node) {
    out.base64(&source.binary(node).to_vec());
}

/// Walks the nodes as they lie: closing brackets only need the counts of what is around.
#[inline(always)]
fn write(
    item: Nodes<'_>,
    buffer: &mut Vec<u8>,
    text: impl Fn(&mut Out<'_>, Source<'_>, Node),
    number: impl Fn(&mut Out<'_>, Source<'_>, Node),
    binary: impl Fn(&mut Out<'_>, Source<'_>, Node),
) {
    let source = item.source;
    let mut out = Out::new(buffer, item.list.len() * 24);
    let mut stack = [Outer { left: 0, kind: Kind::M }; LEVELS];
    let mut depth = 0;
    let (mut left, mut kind, mut is_first) = (item.count, Kind::M, true);
    let mut nodes = item.list.iter().copied();
    out.literal(b"{");
    loop {
        if left == 0 {
            out.room(ROOM);
            if depth == 0 {
                out.put(b"}", 1);
                break;
            }
            let end = if kind == Kind::M { b"}}" } else { b"]}" };
            out.put(end, 2);
            depth -= 1;
            Outer { left, kind } = stack.get(depth).copied().unwrap_or(Outer { left: 0, kind });
            is_first = false;
            continue;
        }
        left -= 1;
        let Some(mut node) = nodes.next() else { break };
        out.room(ROOM);
        if !is_first {
            out.put(b",", 1);
        }
        is_first = false;
        match kind {
            Kind::M => {
                out.put(b"\"", 1);
                text(&mut out, source, node);
                out.room(ROOM);
                out.put(b"\":", 2);
                let Some(value) = nodes.next() else { break };
                node = value;
            }
            Kind::L => {}
            set => {
                out.put(b"\"", 1);
                match set {
                    Kind::Ns => number(&mut out, source, node),
                    Kind::Bs => binary(&mut out, source, node),
                    _ => text(&mut out, source, node),
                }
                out.literal(b"\"");
                continue;
            }
        }
        let opening = match node.kind() {
            Kind::S | Kind::Name => {
                out.put(b"{\"S\":\"  ", 6);
                text(&mut out, source, node);
                out.literal(b"\"}");
                continue;
            }
            Kind::N => {
                out.put(b"{\"N\":\"  ", 6);
                number(&mut out, source, node);
                out.literal(b"\"}");
                continue;
            }
            Kind::B => {
                out.put(b"{\"B\":\"  ", 6);
                binary(&mut out, source, node);
                out.literal(b"\"}");
                continue;
            }
            Kind::True => {
                out.put(b"{\"BOOL\":true}   ", 13);
                continue;
            }
            Kind::False => {
                out.put(b"{\"BOOL\":false}  ", 14);
                continue;
            }
            Kind::Null => {
                out.put(b"{\"NULL\":true}   ", 13);
                continue;
            }
            Kind::M => (b"{\"M\":{  ", 6),
            Kind::L => (b"{\"L\":[  ", 6),
            Kind::Ss => (b"{\"SS\":[ ", 7),
            Kind::Ns => (b"{\"NS\":[ ", 7),
            Kind::Bs => (b"{\"BS\":[ ", 7),
        };
        out.put(opening.0, opening.1);
        if let Some(outer) = stack.get_mut(depth) {
            *outer = Outer { left, kind };
        }
        depth += 1;
        (left, kind, is_first) = (node.count(), node.kind(), true);
    }
    out.finish();
}
