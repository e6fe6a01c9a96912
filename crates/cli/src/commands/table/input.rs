//! The texts of items that are to be written.

use crate::error::{Failure, line};
use ddbkit::codec::lines::{LineBatch, LineReader};
use std::fs::File;
use std::io::{self, Read};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Lines that are read before they are wanted.
const AHEAD: usize = 64;
/// The most bytes of one item over several lines. An item has 400 KB, which indentation and escapes
/// make more of.
const LONGEST: usize = 16 << 20;

/// One item as it stands in the source.
pub(super) struct Text {
    /// The line on which it begins, from 1.
    pub(super) line: u64,
    pub(super) bytes: Vec<u8>,
}

/// Where the items come from.
pub(super) enum Input {
    /// The command line.
    Argument(String),
    /// A file or standard input, read on a thread of its own.
    Lines(Receiver<Result<Text, Failure>>),
}

impl Input {
    /// What `--item` says: JSON, `@FILE`, or `-`.
    pub(super) fn open(argument: &str) -> Result<Self, Failure> {
        let source: Box<dyn Read + Send> = match argument.strip_prefix('@') {
            Some(file) => {
                let opened = File::open(file);
                Box::new(opened.map_err(|error| Failure::other(format!("{file}: {error}")))?)
            }
            None if argument == "-" => Box::new(io::stdin()),
            None => return Ok(Self::Argument(argument.to_owned())),
        };
        let (sender, receiver) = channel(AHEAD);
        tokio::task::spawn_blocking(move || {
            if let Err(failure) = read(source, &sender) {
                // Without a receiver nobody wants to know.
                let _ = sender.blocking_send(Err(failure));
            }
        });
        Ok(Self::Lines(receiver))
    }
}

/// Sends each line, or all of them as one item where the first is nothing but a bracket. Holds a batch
/// of lines of about 1 MiB, or one item of several lines.
fn read(source: impl Read, sender: &Sender<Result<Text, Failure>>) -> Result<(), Failure> {
    let (mut reader, mut batch) = (LineReader::new(source), LineBatch::default());
    let mut whole: Option<Text> = None;
    let mut is_first = true;
    while reader.next_batch(&mut batch).map_err(|error| Failure::other(line(&error)))? {
        for one in batch.iter() {
            if is_first && one.bytes.trim_ascii() == b"{" {
                whole = Some(Text { line: one.number, bytes: Vec::new() });
            }
            is_first = false;
            let Some(text) = &mut whole else {
                let text = Text { line: one.number, bytes: one.bytes.to_vec() };
                if sender.blocking_send(Ok(text)).is_err() {
                    return Ok(());
                }
                continue;
            };
            text.bytes.extend_from_slice(one.bytes);
            text.bytes.push(b'\n');
            if text.bytes.len() > LONGEST {
                return Err(Failure::other("the item over several lines is longer than 16 MiB"));
            }
        }
    }
    if let Some(text) = whole {
        // As above.
        let _ = sender.blocking_send(Ok(text));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &'static str) -> Vec<(u64, String)> {
        let (sender, mut receiver) = channel(AHEAD);
        read(source.as_bytes(), &sender).unwrap();
        drop(sender);
        let mut texts = Vec::new();
        while let Some(text) = receiver.blocking_recv() {
            let text = text.unwrap();
            texts.push((text.line, String::from_utf8(text.bytes).unwrap()));
        }
        texts
    }

    #[test]
    fn a_line_is_an_item_unless_the_first_is_a_bracket() {
        let line = |n, text: &str| (n, text.to_owned());
        assert_eq!(texts("{\"a\":1}\n\n{\n"), [line(1, "{\"a\":1}"), line(3, "{")]);
        assert_eq!(texts("{\n \"a\": 1\n}\n"), [line(1, "{\n \"a\": 1\n}\n")]);
        assert_eq!(texts(""), []);
    }
}
