//! The writer of items.

use super::output::{Compression, Output};
use crate::{Item, ItemRef, RawItem};
use std::fmt;
use std::io::{self, Write};

/// So much is gathered before it is handed on.
const BUFFER: usize = 64 * 1024;

/// What stands around each item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Frame {
    /// `{"Item":{...}}`, as in full exports and for imports.
    #[default]
    Item,
    /// Nothing: the line is the item.
    Bare,
}

/// How items are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// What stands around each item.
    pub frame: Frame,
    /// How the stream is compressed.
    pub compression: Compression,
}

/// Writes items as lines of DynamoDB JSON, plain or compressed.
///
/// A stream is whole after [`ItemWriter::finish`] only. Without it the last lines are lost, and a
/// compressed stream has no end, so that readers see that it is cut off. After an error nothing
/// more is written.
///
/// Holds 64 KiB, or one item where that is longer, and what the compression needs.
///
/// ```
/// use ddbkit_codec::Item;
/// use ddbkit_codec::stream::{Frame, ItemWriter, WriteOptions};
///
/// let mut writer = ItemWriter::new(Vec::new());
/// writer.write(&Item::from_iter([("pk", "a")]))?;
/// assert_eq!(writer.finish()?, b"{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n");
///
/// let options = WriteOptions { frame: Frame::Bare, ..WriteOptions::default() };
/// let mut writer = ItemWriter::with_options(Vec::new(), options)?;
/// writer.write(&Item::from_iter([("pk", "a")]))?;
/// assert_eq!(writer.finish()?, b"{\"pk\":{\"S\":\"a\"}}\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ItemWriter<W: Write> {
    /// None after an error.
    output: Option<Output<W>>,
    buffer: Vec<u8>,
    frame: Frame,
    items: u64,
}

impl<W: Write> ItemWriter<W> {
    /// Writes `{"Item":{...}}`, not compressed.
    pub fn new(stream: W) -> Self {
        Self::to(Output::Plain(stream), Frame::Item)
    }

    /// Writes with these options.
    ///
    /// # Errors
    /// When the compression cannot be set up.
    pub fn with_options(stream: W, options: WriteOptions) -> io::Result<Self> {
        Ok(Self::to(Output::new(stream, options.compression)?, options.frame))
    }

    fn to(output: Output<W>, frame: Frame) -> Self {
        Self { output: Some(output), buffer: Vec::with_capacity(BUFFER), frame, items: 0 }
    }

    /// Writes an item.
    ///
    /// # Errors
    /// When the stream cannot be written to, or could not before.
    pub fn write(&mut self, item: &Item) -> io::Result<()> {
        self.line(|buffer| item.write_dynamodb_json(buffer))
    }

    /// Writes an item that is borrowed.
    ///
    /// # Errors
    /// As [`ItemWriter::write`].
    pub fn write_ref(&mut self, item: &ItemRef<'_>) -> io::Result<()> {
        self.line(|buffer| item.write_dynamodb_json(buffer))
    }

    /// Writes an item as the bytes that it is, with U+0085, U+2028 and U+2029 escaped.
    ///
    /// # Errors
    /// As [`ItemWriter::write`], and when there is a line break within the item, between its
    /// tokens.
    pub fn write_raw(&mut self, item: &RawItem<'_>) -> io::Result<()> {
        if memchr::memchr(b'\n', item.as_bytes()).is_some() {
            let message = "an item of several lines cannot be written as it is";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        self.line(|buffer| item.write_escaped(buffer))
    }

    /// How many items were written.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.items
    }

    /// Writes what is left and the end of the compression, flushes the stream and gives it back.
    ///
    /// # Errors
    /// When the stream cannot be written to, or could not before.
    pub fn finish(mut self) -> io::Result<W> {
        self.pass_on()?;
        self.output.take().ok_or_else(failed)?.finish()
    }

    fn line(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        if self.output.is_none() {
            return Err(failed());
        }
        match self.frame {
            Frame::Item => {
                self.buffer.extend_from_slice(b"{\"Item\":");
                write(&mut self.buffer);
                self.buffer.extend_from_slice(b"}\n");
            }
            Frame::Bare => {
                write(&mut self.buffer);
                self.buffer.push(b'\n');
            }
        }
        if self.buffer.len() >= BUFFER {
            self.pass_on()?;
        }
        self.items += 1;
        Ok(())
    }

    fn pass_on(&mut self) -> io::Result<()> {
        let output = self.output.as_mut().ok_or_else(failed)?;
        let written = output.write_all(&self.buffer);
        self.buffer.clear();
        if written.is_err() {
            // Part of the bytes may have been written: nothing may come behind them.
            self.abandon();
        }
        written
    }

    fn abandon(&mut self) {
        if let Some(output) = self.output.take() {
            output.abandon();
        }
    }
}

fn failed() -> io::Error {
    io::Error::other("the stream could not be written to before")
}

impl<W: Write> Drop for ItemWriter<W> {
    fn drop(&mut self) {
        self.abandon();
    }
}

impl<W: Write> fmt::Debug for ItemWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemWriter").field("items", &self.items).finish_non_exhaustive()
    }
}
