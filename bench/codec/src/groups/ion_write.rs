//! Values to streams of Ion.

use crate::Result;
use crate::case::{Case, Group, at_least, nth, ours, peer, take};
use crate::corpus::{Corpus, Want, lines};
use crate::peers::ion::{self, SEGMENT};
use ddbkit_codec::Item;
use ddbkit_codec::ion::IonBinaryWriter;
use ion_rs::{TextFormat, Writer, v1_0};
use std::hint::black_box;

pub const TEXT: Group = Group { name: "Values to Ion text", cases: text };
pub const BINARY: Group = Group { name: "Values to Ion binary", cases: binary };

fn text(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let bytes = corpus.ion_text.len();
    let elements = ion::elements(&corpus.ion_text)?;
    let (items, expected) = (items(corpus)?, corpus.ion_text.as_slice());
    let written = ours(
        "Item::write_ion_text",
        at_least(2.0, "its own layout"),
        bytes,
        Box::new(move |want| {
            let mut out = Vec::with_capacity(bytes);
            for item in &items {
                item.write_ion_text(&mut out);
            }
            // The layout of the corpus is that of exports, byte for byte.
            if want.is_some() && out != expected {
                return Err("not the text that it must be".into());
            }
            black_box(out);
            Ok(items.len())
        }),
    );
    Ok(vec![
        written,
        peer(
            "ion-rs from its Element, its own layout",
            bytes,
            // Not read back: it writes control characters as they are, which Ion does not allow.
            Box::new(move |_| {
                let out = Vec::with_capacity(bytes);
                let mut writer = Writer::new(v1_0::Text.with_format(TextFormat::Lines), out)?;
                for element in &elements {
                    writer.write(element)?;
                }
                black_box(writer.close()?);
                Ok(elements.len())
            }),
        ),
    ])
}

fn binary(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let bytes = corpus.ion_binary.len();
    let elements = ion::elements(&corpus.ion_binary)?;
    let items = items(corpus)?;
    let written = ours(
        "IonBinaryWriter::write",
        at_least(2.0, "from its Element"),
        bytes,
        Box::new(move |want| {
            let (mut writer, mut out) = (IonBinaryWriter::new(), Vec::with_capacity(bytes));
            for item in &items {
                writer.write(item, &mut out);
            }
            read_back(&out, want)?;
            black_box(out);
            Ok(items.len())
        }),
    );
    Ok(vec![
        written,
        peer(
            "ion-rs from its Element",
            bytes,
            Box::new(move |want| {
                let mut writer = Writer::new(v1_0::Binary, Vec::with_capacity(bytes))?;
                for (n, element) in elements.iter().enumerate() {
                    writer.write(element)?;
                    if n % SEGMENT == SEGMENT - 1 {
                        writer.flush()?;
                    }
                }
                read_back(&writer.close()?, want)?;
                Ok(elements.len())
            }),
        ),
    ])
}

fn items(corpus: &Corpus) -> Result<Vec<Item>> {
    lines(&corpus.json).map(|line| Ok(Item::from_line(line)?)).collect()
}

/// What was written gives the items again.
fn read_back(stream: &[u8], want: Option<&[Want]>) -> Result {
    if want.is_none() {
        return Ok(());
    }
    let mut items = 0;
    ion::each_value(stream, |value| {
        take(ion::to_map(&ion::item(&value)?)?, nth(want, items)?)?;
        items += 1;
        Ok(())
    })?;
    Ok(())
}
