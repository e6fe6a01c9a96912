//! Items one after another: lines, pretty-printed, in an array.

use crate::ForeignError;
use crate::read::Sink;
use crate::read::text::{JsonText, TextFault};
use std::io::BufRead;
use std::ops::ControlFlow;

/// What may stand between two items. An export of dynein whose last page was empty ends in `,]`.
fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"[],".contains(&byte)
}

pub(super) fn read(
    input: impl BufRead,
    sink: &mut Sink<'_>,
) -> Result<ControlFlow<()>, ForeignError> {
    let mut input = JsonText::new(input);
    let mut text = Vec::new();
    loop {
        let next = input.skip(is_between).map_err(|error| sink.unreadable(input.point(), error))?;
        let Some(first) = next else { return Ok(ControlFlow::Continue(())) };
        text.clear();
        let at = input.point();
        let read = match first {
            b'{' => input.value(&mut text),
            _ => Err(TextFault::Broken("it is no object")),
        };
        let flow = match read {
            Ok(()) => sink.text(at, &text),
            Err(TextFault::Broken(why)) => {
                // Behind a text that is no object the next line may be one.
                if text.is_empty() || text.len() >= super::text::LONGEST {
                    let skipped = input.rest_of_line(&mut text);
                    skipped.map_err(|error| sink.unreadable(input.point(), error))?;
                }
                sink.refused(at, &text, why.to_owned())
            }
            Err(TextFault::CutOff) => sink.refused(at, &text, "it is cut off".to_owned()),
            Err(TextFault::Io(error)) => return Err(sink.unreadable(input.point(), error)),
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
}
