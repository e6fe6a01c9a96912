//! Answers of Scan: `{"Items":[...],"Count":2,"LastEvaluatedKey":{...}}`.

use crate::ForeignError;
use crate::read::text::{JsonText, Point, TextFault};
use std::io::BufRead;
use std::ops::ControlFlow;

/// Takes the texts of items and their places, until it breaks.
type Each<'a> = &'a mut dyn FnMut(Point, &[u8]) -> ControlFlow<()>;

/// What a page says about itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageEnd {
    pub(crate) flow: ControlFlow<()>,
    /// Items that were there.
    pub(crate) items: u64,
    /// The member `Count`.
    pub(crate) count: Option<u64>,
    /// Whether another page follows: there is a `LastEvaluatedKey`.
    pub(crate) has_more: bool,
}

/// Reads one page, whose items go to `each`. Holds one item.
pub(crate) fn read_page(
    input: impl BufRead,
    file: &str,
    each: Each<'_>,
) -> Result<PageEnd, ForeignError> {
    let mut page = Page { input: JsonText::new(input), text: Vec::new() };
    page.read(each).map_err(|fault| {
        let line = page.input.point().line;
        match fault {
            TextFault::Io(error) => {
                let message = format!("{file}:{line}: it cannot be read to its end");
                ForeignError::damaged(message).caused_by(error)
            }
            TextFault::CutOff => {
                ForeignError::damaged(format!("{file}:{line}: the page is cut off"))
            }
            TextFault::Broken(why) => {
                ForeignError::damaged(format!("{file}:{line}: it is no answer of Scan: {why}"))
            }
        }
    })
}

struct Page<R> {
    input: JsonText<R>,
    text: Vec<u8>,
}

impl<R: BufRead> Page<R> {
    fn read(&mut self, each: Each<'_>) -> Result<PageEnd, TextFault> {
        let flow = ControlFlow::Continue(());
        let mut end = PageEnd { flow, items: 0, count: None, has_more: false };
        self.expect(b'{')?;
        if self.input.skip_space()? == Some(b'}') {
            self.input.take()?;
            return Ok(end);
        }
        loop {
            self.value()?;
            let name = std::mem::take(&mut self.text);
            self.expect(b':')?;
            if name == b"\"Items\"" {
                end.flow = self.items(each, &mut end.items)?;
                if end.flow.is_break() {
                    return Ok(end);
                }
            } else {
                self.value()?;
                match name.as_slice() {
                    b"\"Count\"" => end.count = serde_json::from_slice(&self.text).ok(),
                    b"\"LastEvaluatedKey\"" => end.has_more = self.text != b"null",
                    _ => {}
                }
            }
            match self.input.skip_space()? {
                Some(b',') => self.input.take()?,
                Some(b'}') => {
                    self.input.take()?;
                    return Ok(end);
                }
                Some(_) => return Err(TextFault::Broken("a comma is missing")),
                None => return Err(TextFault::CutOff),
            };
        }
    }

    fn items(&mut self, each: Each<'_>, items: &mut u64) -> Result<ControlFlow<()>, TextFault> {
        self.expect(b'[')?;
        loop {
            match self.input.skip_space()? {
                Some(b']') => {
                    self.input.take()?;
                    return Ok(ControlFlow::Continue(()));
                }
                Some(b',') => {
                    self.input.take()?;
                }
                _ => {
                    let at = self.input.point();
                    self.value()?;
                    *items += 1;
                    if each(at, &self.text).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), TextFault> {
        match self.input.skip_space()? {
            Some(next) if next == byte => Ok(self.input.take().map(|_| ())?),
            Some(_) => Err(TextFault::Broken("it has another form")),
            None => Err(TextFault::CutOff),
        }
    }

    fn value(&mut self) -> Result<(), TextFault> {
        self.text.clear();
        self.input.skip_space()?;
        self.input.value(&mut self.text)
    }
}
