//! The first form of Data Pipeline and Hive: `name^C{"s":"x"}^Bname^C{"n":"1"}`, a line an item,
//! where `^C` is the byte 3 and `^B` the byte 2.

use crate::ForeignError;
use crate::read::Sink;
use crate::read::text::JsonText;
use std::io::BufRead;
use std::ops::ControlFlow;

const BETWEEN_ATTRIBUTES: u8 = 2;
const BEHIND_NAME: u8 = 3;

pub(super) fn read(
    input: impl BufRead,
    sink: &mut Sink<'_>,
) -> Result<ControlFlow<()>, ForeignError> {
    let mut input = JsonText::new(input);
    let mut line = Vec::new();
    loop {
        let next = input.skip_space().map_err(|error| sink.unreadable(input.point(), error))?;
        if next.is_none() {
            return Ok(ControlFlow::Continue(()));
        }
        let at = input.point();
        line.clear();
        let read = input.rest_of_line(&mut line);
        read.map_err(|error| sink.unreadable(input.point(), error))?;
        let flow = match object(&line) {
            Some(text) => sink.text(at, &text),
            None => sink.refused(at, &line, "an attribute without its value".to_owned()),
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
}

/// The line as an object of the old casing.
fn object(line: &[u8]) -> Option<Vec<u8>> {
    let mut text = b"{".to_vec();
    for attribute in line.split(|byte| *byte == BETWEEN_ATTRIBUTES) {
        let end = memchr::memchr(BEHIND_NAME, attribute)?;
        let (name, value) = (attribute.get(..end)?, attribute.get(end + 1..)?);
        let name = std::str::from_utf8(name).ok()?;
        if text.len() > 1 {
            text.push(b',');
        }
        text.extend_from_slice(serde_json::Value::from(name).to_string().as_bytes());
        text.push(b':');
        text.extend_from_slice(value);
    }
    text.push(b'}');
    Some(text)
}
