//! The values of Ion text, one after the other, also where only the beginning of the text is there.

use super::careful::Parser;
use super::fast::{Fast, is_in_word};
use crate::ion::item::item_of;
use crate::ion::symbols::{SYMBOL_TABLE, Symbols, symbols_of};
use crate::ion::tree::Node;
use crate::json::fast::skip_space;
use crate::tape::LONGEST;
use crate::{DecodeError, DecodeErrorKind, DecodeOptions, Item, Tape};
use memchr::memchr;

const VERSION: &[u8] = b"$ion_1_0";

/// What the careful reader looks at first of the rest. Looking at all of it would check all of it
/// again for each value.
const FIRST_VIEW: usize = 16 * 1024;

/// A number or a word that is cut off by the end of a view may look wrong. None that is right is
/// longer than this.
const LONGEST_WORD: usize = 64 * 1024;

/// What a reader of Ion text knows between two values.
#[derive(Clone, Debug)]
pub(crate) struct TextValues {
    options: DecodeOptions,
    symbols: Symbols,
    /// Whether the values stand in a list.
    in_list: bool,
    /// Behind an error that left it open where the next value begins.
    is_lost: bool,
}

/// What the careful reader found.
pub(crate) enum Found {
    Item(Item),
    End,
    /// Whether there is a value, or which, is known only with more of the text.
    More,
}

/// What one step came to.
enum Step {
    Item(Item),
    /// What stands between values: version markers, symbol tables, the ends of a list.
    Between,
    End,
}

/// What one step came upon.
enum Syntax {
    End,
    Version,
    ListStart,
    ListEnd,
    Node(Node),
}

impl TextValues {
    pub(crate) fn new(options: DecodeOptions) -> Self {
        Self { options, symbols: Symbols::default(), in_list: false, is_lost: false }
    }

    /// Whether it is not known where the next value begins.
    pub(crate) fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// The fast way: an item in its frame that is a line, without a list around it. Gives the line,
    /// to which the places on the tape are counted.
    pub(crate) fn fast<'b>(
        &self,
        bytes: &'b [u8],
        at: &mut usize,
        is_all: bool,
        tape: &mut Tape,
    ) -> Option<&'b str> {
        if self.in_list || self.is_lost {
            return None;
        }
        let rest = bytes.get(*at..)?;
        // The value ends with its line, or the careful reader has it.
        let end = match memchr(b'\n', rest) {
            Some(end) => end + 1,
            None if is_all => rest.len(),
            None => return None,
        };
        let text = std::str::from_utf8(rest.get(..end)?).ok()?;
        if text.len() > LONGEST {
            return None;
        }
        let line = text.as_bytes();
        let mut inside = skip_space(line, 0);
        while let Some(behind) = line.get(inside..)?.strip_prefix(VERSION) {
            let space = skip_space(behind, 0);
            inside += VERSION.len() + space;
            if space == 0 && !behind.starts_with(b"{") {
                return None;
            }
        }
        inside += line.get(inside..)?.starts_with(b"{Item:{").then_some("{Item:{".len())?;
        let Tape { nodes, seen, .. } = tape;
        let end = Fast { bytes: line, nodes, seen }.item(inside).ok()?;
        let end = skip_space(line, end);
        if line.get(end) != Some(&b'}') || skip_space(line, end + 1) != line.len() {
            return None;
        }
        *at += line.len();
        Some(text)
    }

    /// The next value whatever its form. Places in errors are counted from the start of `bytes`.
    /// `at` is behind the value, also where it is no item. Where it is no value `at` is in front of
    /// it, because it may have no end and reach into the next; the next call looks for a line that
    /// begins with a version marker.
    pub(crate) fn careful(
        &mut self,
        bytes: &[u8],
        at: &mut usize,
        is_all: bool,
    ) -> Result<Found, DecodeError> {
        if self.is_lost && !self.find_marker(bytes, at, is_all) {
            return Ok(if is_all { Found::End } else { Found::More });
        }
        let mut view = FIRST_VIEW;
        loop {
            let rest = bytes.get(*at..).unwrap_or_default();
            let part = rest.get(..view).unwrap_or(rest);
            let is_last = part.len() == rest.len();
            match self.step(part, at, is_last && is_all)? {
                Some(Step::Item(item)) => return Ok(Found::Item(item)),
                Some(Step::End) => return Ok(Found::End),
                Some(Step::Between) => view = FIRST_VIEW,
                None if is_last => return Ok(Found::More),
                None => view *= 4,
            }
        }
    }

    /// One step through a part of the text; none where what comes is not known without more of it.
    fn step(
        &mut self,
        part: &[u8],
        at: &mut usize,
        is_all: bool,
    ) -> Result<Option<Step>, DecodeError> {
        let (text, wrong_byte) = match std::str::from_utf8(part) {
            Ok(text) => (text, None),
            Err(error) => {
                let valid = error.valid_up_to();
                let text = part.get(..valid).and_then(|text| std::str::from_utf8(text).ok());
                // A character that the end of the part cuts off is not wrong.
                let is_cut = error.error_len().is_none() && !is_all;
                (text.unwrap_or_default(), (!is_cut).then_some(valid))
            }
        };
        let mut parser = Parser::new(text, 0, self.options);
        let read = self.parse(&mut parser);
        let (start, behind) = (*at, parser.offset().min(text.len()));
        let is_sure = is_all || wrong_byte.is_some();
        let is_cut_off = |error: &DecodeError| error.kind() == DecodeErrorKind::UnexpectedEnd;
        let may_become_another = match &read {
            Ok(_) => parser.may_go_on(),
            Err(error) => is_cut_off(error) || text.len() - behind < LONGEST_WORD,
        };
        if !is_sure && may_become_another {
            return Ok(None);
        }
        let error = match (read, wrong_byte) {
            (Ok(Syntax::End), Some(byte)) => DecodeError::new(DecodeErrorKind::Encoding, byte),
            (Err(error), Some(byte)) if is_cut_off(&error) => {
                DecodeError::new(DecodeErrorKind::Encoding, byte)
            }
            (Err(error), _) => error,
            (Ok(found), _) => {
                *at += behind;
                return self.taken(found).map(Some).map_err(|error| error.shifted(start));
            }
        };
        self.is_lost = true;
        // The marker is looked for behind the line on which what is wrong begins.
        let mut parser = Parser::new(text, 0, self.options);
        *at += parser.skip_space().map_or(0, |()| parser.offset());
        Err(error.shifted(start))
    }

    /// What comes next; changes nothing yet, because it may have to be read again.
    fn parse(&self, parser: &mut Parser<'_>) -> Result<Syntax, DecodeError> {
        if self.in_list {
            if parser.take("]")? {
                return Ok(Syntax::ListEnd);
            }
            let node = parser.value(&self.symbols, 0)?;
            if !parser.take(",")? && !parser.peek("]")? {
                return Err(parser.unexpected());
            }
            return Ok(Syntax::Node(node));
        }
        Ok(if parser.is_at_end()? {
            Syntax::End
        } else if parser.take_version()? {
            Syntax::Version
        } else if parser.take("[")? {
            Syntax::ListStart
        } else {
            Syntax::Node(parser.value(&self.symbols, 0)?)
        })
    }

    /// What it means.
    fn taken(&mut self, found: Syntax) -> Result<Step, DecodeError> {
        match found {
            Syntax::End => return Ok(Step::End),
            Syntax::Version => self.symbols = Symbols::default(),
            Syntax::ListStart => self.in_list = true,
            Syntax::ListEnd => self.in_list = false,
            Syntax::Node(node) => {
                let table = self.symbols.get(SYMBOL_TABLE).unwrap_or_default();
                let is_table = node.annotations.first().is_some_and(|first| first == table);
                if self.in_list || !is_table {
                    return item_of(node, self.options).map(Step::Item);
                }
                self.symbols = symbols_of(node, std::mem::take(&mut self.symbols))?;
            }
        }
        Ok(Step::Between)
    }

    /// Steps to the next line that begins with a version marker, which stands between values only.
    fn find_marker(&mut self, bytes: &[u8], at: &mut usize, is_all: bool) -> bool {
        loop {
            let rest = bytes.get(*at..).unwrap_or_default();
            let Some(end) = memchr(b'\n', rest) else {
                *at = bytes.len();
                return false;
            };
            let line = rest.get(end + 1..).unwrap_or_default();
            let line = line.trim_ascii_start();
            if line.len() <= VERSION.len() && !is_all {
                *at += end;
                return false;
            }
            *at += end + 1;
            let goes_on = |behind: &[u8]| behind.first().copied().is_some_and(is_in_word);
            if line.strip_prefix(VERSION).is_some_and(|behind| !goes_on(behind)) {
                (self.is_lost, self.in_list) = (false, false);
                return true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::Source;

    /// What is read where the text comes in parts that end at these places.
    fn read(text: &[u8], ends: &[usize]) -> Vec<Result<String, DecodeErrorKind>> {
        let mut values = TextValues::new(DecodeOptions::default());
        let (mut tape, mut at, mut found) = (Tape::new(), 0, Vec::new());
        for &end in ends {
            let (bytes, is_all) = (&text[..end], end == text.len());
            loop {
                if let Some(line) = values.fast(bytes, &mut at, is_all, &mut tape) {
                    let source = Source::IonText(line);
                    found.push(Ok(Tape::item(&tape.nodes, source).to_dynamodb_json()));
                    continue;
                }
                match values.careful(bytes, &mut at, is_all) {
                    Ok(Found::Item(item)) => found.push(Ok(item.to_dynamodb_json())),
                    Ok(Found::End | Found::More) => break,
                    Err(error) => found.push(Err(error.kind())),
                }
            }
        }
        found
    }

    #[test]
    fn it_does_not_matter_in_which_parts_the_text_comes() {
        let texts: [&[u8]; 10] = [
            b"$ion_1_0 // c\n $ion_symbol_table /* c */ // c\n :: {symbols:[\"pk\"]} {$10:true}",
            b"$ion_1_0 /* c */ // c\n :: {a:1} '''a''' /* c */ // c\n '''b''' // c\n {a:1}",
            b"$ion_1_0 {Item:{a:1.,b:\"x\\n\"}}\n$ion_1_0 {Item:{a:12d3}}\n",
            b" $ion_1_0 {Item:{a:'b'::1}} $ion_1_0 {Item:{a:{{ aGk= }}}} // end",
            b"[{Item:{a:1}}, {Item:{a:1e5}}, /* , */ {Item:{'a b':'''long''' '''er'''}}]",
            b"$ion_1_0 $ion_symbol_table::{symbols:[\"pk\"]} {$10:true}\n{$11:1}\n{$10:false}",
            b"{a:[1,2,\"b\",null,$dynamodb_NS::[1.,25d-1]]}\n{ broken\n{a:1}\n\n $ion_1_0 {a:2}\n",
            "$ion_1_0 {Item:{\u{e4}:1}}\n$ion_1_0 {Item:{'\u{e4}':\"\u{1f600}\"}}\n".as_bytes(),
            b"$ion_1_0 {a:\"\xff\"}\n$ion_1_0 {Item:{a:1}}\n$ion_1_0 {Item:{a:\"\xc3\xa4\"}}",
            b"$ion_1_0 {Item:{a:1}}\n$ion_1_0 {Item:{a:",
        ];
        for text in texts {
            let whole = read(text, &[text.len()]);
            assert!(!whole.is_empty());
            for end in 0..text.len() {
                let name = String::from_utf8_lossy(&text[..end]).into_owned();
                assert_eq!(read(text, &[end, text.len()]), whole, "{name}");
            }
            let all: Vec<usize> = (0..=text.len()).collect();
            assert_eq!(read(text, &all), whole);
        }
    }

    #[test]
    fn the_next_line_with_a_marker_is_read_behind_what_is_no_ion() {
        let text = b"$ion_1_0 {Item:{a:]}}\n{Item:{a:1}}\n  $ion_1_0 {Item:{a:2}}\n";
        let found = read(text, &[text.len()]);
        assert_eq!(found, [Err(DecodeErrorKind::Syntax), Ok(r#"{"a":{"N":"2"}}"#.to_owned())]);
    }

    #[test]
    fn what_is_no_ion_is_told_once() {
        let texts = [
            "\n$ion_1_0BS::\n",
            "{a:1}\n// c\n  $ion_1_0::]\n",
            "{a:1}\n/* c */ // c\n$ion_1_0BS::]\n",
            "]\n$ion_1_0BS::]\n$ion_1_0$\n",
            "\u{b}\n$ion_1_0::\n",
            "{a:1}\n$ion_1_0 /* c",
        ];
        for text in texts {
            let text = format!("{text}\n$ion_1_0 {{a:1}}");
            for ends in [vec![text.len()], (0..=text.len()).collect()] {
                let found = read(text.as_bytes(), &ends);
                assert_eq!(found.iter().filter(|found| found.is_err()).count(), 1, "{text}");
                assert_eq!(found.last(), Some(&Ok(r#"{"a":{"N":"1"}}"#.to_owned())), "{text}");
            }
        }
    }

    #[test]
    fn the_values_of_a_list_are_read_one_after_the_other() {
        let mut text = b"[".to_vec();
        for n in 0..20_000 {
            text.extend_from_slice(format!("{{Item:{{n:{n}}}}},").as_bytes());
        }
        text.push(b']');
        // This takes minutes where each value looks at all that is behind it.
        assert_eq!(read(&text, &[text.len()]).len(), 20_000);
    }
}
