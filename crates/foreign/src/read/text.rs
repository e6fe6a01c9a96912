//! JSON texts out of a stream, with their places.

use std::io::{self, BufRead};

/// The longest text of one value: an item of 400 KB is far below, with all its escapes.
pub(crate) const LONGEST: usize = 16 * 1024 * 1024;

/// Cuts a stream into JSON values by their brackets, without looking into them. Holds what the
/// stream buffers and the value, 16 MiB at most.
pub(crate) struct JsonText<R> {
    input: R,
    /// Of the next byte, from 1.
    line: u64,
    /// Of the next byte, from 0.
    byte: u64,
}

/// Why a value could not be cut out.
#[derive(Debug)]
pub(crate) enum TextFault {
    /// The stream ends within it.
    CutOff,
    /// It cannot be JSON. The stream stands where reading may go on.
    Broken(&'static str),
    Io(io::Error),
}

impl From<io::Error> for TextFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Where in a file something stands, after decompression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) line: u64,
    pub(crate) byte: u64,
}

impl<R: BufRead> JsonText<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, line: 1, byte: 0 }
    }

    pub(crate) fn point(&self) -> Point {
        Point { line: self.line, byte: self.byte }
    }

    /// The next byte, not taken.
    pub(crate) fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    /// Takes the byte that was looked at.
    pub(crate) fn take(&mut self) -> io::Result<Option<u8>> {
        let next = self.peek()?;
        if let Some(byte) = next {
            self.input.consume(1);
            self.byte += 1;
            self.line += u64::from(byte == b'\n');
        }
        Ok(next)
    }

    /// Steps over bytes for which `skipped` is true; the next one that is not.
    pub(crate) fn skip(&mut self, skipped: impl Fn(u8) -> bool) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !skipped(byte) {
                return Ok(Some(byte));
            }
            self.take()?;
        }
        Ok(None)
    }

    pub(crate) fn skip_space(&mut self) -> io::Result<Option<u8>> {
        self.skip(|byte| byte.is_ascii_whitespace())
    }

    /// Appends what is left of the line, without its end, up to the longest text.
    pub(crate) fn rest_of_line(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        while let Some(byte) = self.take()? {
            if byte == b'\n' {
                return Ok(());
            }
            if out.len() < LONGEST {
                out.push(byte);
            }
        }
        Ok(())
    }

    /// Appends the next value. Whitespace in front is to be skipped before.
    pub(crate) fn value(&mut self, out: &mut Vec<u8>) -> Result<(), TextFault> {
        match self.peek()? {
            Some(b'{' | b'[' | b'"') => self.bracketed(out),
            Some(_) => self.word(out),
            None => Err(TextFault::CutOff),
        }
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self, out: &mut Vec<u8>) -> Result<(), TextFault> {
        let start = out.len();
        while let Some(byte) = self.peek()?
            && (byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        {
            out.push(byte);
            self.take()?;
        }
        if out.len() > start { Ok(()) } else { Err(TextFault::Broken("it is no JSON")) }
    }

    fn bracketed(&mut self, out: &mut Vec<u8>) -> Result<(), TextFault> {
        let start = out.len();
        let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
        // The last byte that is no whitespace and in no string.
        let mut before = b':';
        loop {
            let Some(byte) = self.peek()? else { return Err(TextFault::CutOff) };
            if in_string {
                match byte {
                    b'\n' => return Err(TextFault::Broken("a string is not closed on its line")),
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => in_string = false,
                    _ => {}
                }
            } else {
                match byte {
                    // The line before was cut off, and here the next value begins.
                    b'{' if depth > 0 && before == b':' && out.last() == Some(&b'\n') => {
                        return Err(TextFault::Broken("its brackets are not closed"));
                    }
                    b'{' | b'[' if depth > 0 && !b":,[".contains(&before) => {
                        return Err(TextFault::Broken("its brackets are not closed"));
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth = depth.saturating_sub(1),
                    b'"' => in_string = true,
                    _ => {}
                }
                if !byte.is_ascii_whitespace() {
                    before = byte;
                }
            }
            if out.len() - start >= LONGEST {
                return Err(TextFault::Broken("it is longer than 16 MiB"));
            }
            out.push(byte);
            self.take()?;
            if depth == 0 && !in_string {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(String, u64, u64, bool)> {
        let mut reader = JsonText::new(text.as_bytes());
        let mut found = Vec::new();
        while reader.skip_space().unwrap().is_some() {
            let (mut out, at) = (Vec::new(), reader.point());
            let is_good = reader.value(&mut out).is_ok();
            let text = String::from_utf8(out).unwrap().trim_end().to_owned();
            found.push((text, at.line, at.byte, is_good));
        }
        found
    }

    #[test]
    fn values_are_cut_by_their_brackets_whatever_is_between() {
        let text = "{\"a\":\"}\\\"{\"}{\"b\":\n [1,{}]}\n\n \"x\" 12";
        let expected = [
            ("{\"a\":\"}\\\"{\"}", 1, 0),
            ("{\"b\":\n [1,{}]}", 1, 12),
            ("\"x\"", 4, 29),
            ("12", 4, 33),
        ];
        let found = cut(text);
        let found: Vec<_> =
            found.iter().map(|(t, l, b, good)| (t.as_str(), *l, *b, *good)).collect();
        assert_eq!(found, expected.map(|(text, line, byte)| (text, line, byte, true)));
    }

    #[test]
    fn a_line_that_is_cut_off_does_not_take_the_next_with_it() {
        let found = cut("{\"a\":{\"S\":\"x\"}\n{\"b\":1}\n{\"c\":\"x\n{\"d\":1}");
        let good: Vec<_> =
            found.iter().map(|(text, line, _, good)| (text.as_str(), *line, *good)).collect();
        assert_eq!(
            good,
            [
                ("{\"a\":{\"S\":\"x\"}", 1, false),
                ("{\"b\":1}", 2, true),
                ("{\"c\":\"x", 3, false),
                ("{\"d\":1}", 4, true)
            ]
        );
    }
}
