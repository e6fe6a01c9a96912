//! dynein's CSV: names in the first line, then cells that are JSON literals, never quoted further.

use crate::read::Sink;
use crate::read::text::{JsonText, Point, TextFault};
use crate::{Damage, ForeignError};
use std::io::BufRead;
use std::ops::ControlFlow;

pub(super) fn read(
    input: impl BufRead,
    sink: &mut Sink<'_>,
) -> Result<ControlFlow<()>, ForeignError> {
    let mut input = JsonText::new(input);
    let mut header = Vec::new();
    let read = input.rest_of_line(&mut header);
    read.map_err(|error| sink.unreadable(input.point(), error))?;
    let names = names(&header);
    loop {
        let next = input.skip_space().map_err(|error| sink.unreadable(input.point(), error))?;
        if next.is_none() {
            return Ok(ControlFlow::Continue(()));
        }
        let at = input.point();
        let flow = match row(&mut input, &names, sink) {
            Ok(text) => sink.text(at, &text),
            Err(Fault::Wrong { text, why }) => sink.refused(at, &text, why),
            Err(Fault::Io(error, at)) => return Err(sink.unreadable(at, error)),
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
}

/// The names of the columns as JSON strings.
pub(crate) fn names(header: &[u8]) -> Vec<String> {
    let header = String::from_utf8_lossy(header);
    let name = |name: &str| serde_json::Value::from(name).to_string();
    header.trim_end_matches('\r').split(',').map(name).collect()
}

enum Fault {
    Wrong { text: Vec<u8>, why: String },
    Io(std::io::Error, Point),
}

/// One row as a plain JSON object. Columns that are `null` are left out.
fn row(
    input: &mut JsonText<impl BufRead>,
    names: &[String],
    sink: &Sink<'_>,
) -> Result<Vec<u8>, Fault> {
    let mut object = b"{".to_vec();
    // What was read, for an error.
    let mut text = Vec::new();
    for (column, name) in names.iter().enumerate() {
        let start = text.len();
        let read = input.value(&mut text);
        let is_last = column + 1 == names.len();
        let next = match read {
            Ok(()) => input.skip(|byte| b" \t\r".contains(&byte)),
            Err(TextFault::Io(error)) => Err(error),
            Err(TextFault::CutOff) => {
                return Err(Fault::Wrong { text, why: "the row is cut off".to_owned() });
            }
            Err(TextFault::Broken(why)) => {
                return Err(wrong(input, text, format!("column {}: {why}", column + 1)));
            }
        };
        let next = next.map_err(|error| Fault::Io(error, input.point()))?;
        let cell = text.get(start..).unwrap_or_default();
        if cell != b"null" {
            if object.len() > 1 {
                object.push(b',');
            }
            object.extend_from_slice(name.as_bytes());
            object.push(b':');
            object.extend_from_slice(cell);
        }
        match (next, is_last) {
            (Some(b','), false) => {
                text.push(b',');
                input.take().map_err(|error| Fault::Io(error, input.point()))?;
            }
            (Some(b'\n') | None, true) => break,
            // The first row of the next page of the scan, without its line break.
            (Some(b'"'), true) => sink.converter.findings.add(Damage::JoinedRows),
            (_, true) => {
                return Err(wrong(
                    input,
                    text,
                    format!("it has more than {} columns", names.len()),
                ));
            }
            (_, false) => {
                let why = format!("it has {} columns, not {}", column + 1, names.len());
                return Err(wrong(input, text, why));
            }
        }
    }
    object.push(b'}');
    Ok(object)
}

fn wrong(input: &mut JsonText<impl BufRead>, mut text: Vec<u8>, why: String) -> Fault {
    match input.rest_of_line(&mut text) {
        Ok(()) => Fault::Wrong { text, why },
        Err(error) => Fault::Io(error, input.point()),
    }
}
