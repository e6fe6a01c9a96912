//! Lines out of gzip. The speed counts the bytes that come out.

use crate::Result;
use crate::case::{Case, Group, Run, nth, ours, peer, take};
use crate::corpus::{Corpus, Want, lines};
use crate::same::Same;
use ddbkit_codec::lines::{LineBatch, LineReader, read_all};
use flate2::bufread::MultiGzDecoder;
use std::io::{BufRead, BufReader};

pub const GROUP: Group = Group { name: "Lines out of gzip", cases };

fn cases(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let (gzip, bytes) = (corpus.gzip.as_slice(), corpus.json.len());
    Ok(vec![
        ours("LineReader", None, bytes, line_reader(gzip)),
        ours("read_all, with libdeflate", None, bytes, all(gzip, bytes)),
        peer("libdeflater, whole buffer", bytes, whole(gzip, bytes)),
        peer("flate2 with zlib-rs, BufReader", bytes, buffered(gzip)),
    ])
}

fn line_reader(gzip: &[u8]) -> Run<'_> {
    Box::new(move |want| {
        let mut reader = LineReader::new(gzip);
        let (mut batch, mut items) = (LineBatch::default(), 0);
        while reader.next_batch(&mut batch)? {
            for line in batch.iter() {
                take(Line(line.bytes), nth(want, items)?)?;
                items += 1;
            }
        }
        Ok(items)
    })
}

fn all(gzip: &[u8], bytes: usize) -> Run<'_> {
    let mut batch = LineBatch::default();
    Box::new(move |want| {
        read_all(gzip, bytes, &mut batch)?;
        let mut items = 0;
        for line in batch.iter() {
            take(Line(line.bytes), nth(want, items)?)?;
            items += 1;
        }
        Ok(items)
    })
}

fn buffered(gzip: &[u8]) -> Run<'_> {
    Box::new(move |want| {
        let mut reader = BufReader::with_capacity(256 * 1024, MultiGzDecoder::new(gzip));
        let (mut line, mut items) = (Vec::new(), 0);
        while reader.read_until(b'\n', &mut line)? > 0 {
            take(Line(line.trim_ascii_end()), nth(want, items)?)?;
            line.clear();
            items += 1;
        }
        Ok(items)
    })
}

/// It must be told how much comes out.
fn whole(gzip: &[u8], bytes: usize) -> Run<'_> {
    let mut out = vec![0; bytes];
    Box::new(move |want| {
        let mut items = 0;
        libdeflater::Decompressor::new().gzip_decompress(gzip, &mut out)?;
        for line in lines(&out) {
            take(Line(line), nth(want, items)?)?;
            items += 1;
        }
        Ok(items)
    })
}

struct Line<'a>(&'a [u8]);

impl Same for Line<'_> {
    fn same(&self, want: &Want) -> bool {
        self.0 == want.json
    }
}
