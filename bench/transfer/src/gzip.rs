//! Libraries that write gzip, next to each other, on export lines.

use crate::Result;
use ddbkit_bench_rounds::cpu_seconds;
use flate2::Compression;
use flate2::write::GzEncoder;
use libdeflater::{CompressionLvl, Compressor};
use std::io::Write;
use std::path::Path;

/// What a worker of a dump compresses at once.
const PIECE: usize = 1024 * 1024;

/// Compresses the corpus and prints a line for each library and level, as `run` does for a case.
pub fn all(corpus: &Path, rounds: u32) -> Result {
    let lines = std::fs::read(corpus)?;
    for level in [1, 2, 3, 6] {
        let pack = || zlib_rs(&lines, level);
        print(&format!("zlib-rs, level {level}"), &lines, rounds, pack)?;
    }
    for level in [1, 2, 3, 6] {
        let name = format!("libdeflate, level {level}, members of 1 MiB");
        print(&name, &lines, rounds, || libdeflate(&lines, level))?;
    }
    Ok(())
}

fn zlib_rs(lines: &[u8], level: u32) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    let mut size = 0;
    for piece in lines.chunks(PIECE) {
        encoder.write_all(piece)?;
        size += encoder.get_ref().len();
        encoder.get_mut().clear();
    }
    Ok(size + encoder.finish()?.len())
}

fn libdeflate(lines: &[u8], level: i32) -> Result<usize> {
    let level = CompressionLvl::new(level).map_err(|_| "libdeflate has no such level")?;
    let mut compressor = Compressor::new(level);
    let mut member = vec![0; compressor.gzip_compress_bound(PIECE)];
    let mut size = 0;
    for piece in lines.chunks(PIECE) {
        size += compressor.gzip_compress(piece, &mut member)?;
    }
    Ok(size)
}

fn print(name: &str, lines: &[u8], rounds: u32, mut pack: impl FnMut() -> Result<usize>) -> Result {
    let (mut seconds, mut size) = (Vec::new(), 0);
    for _ in 0..rounds {
        let before = cpu_seconds()?;
        size = pack()?;
        seconds.push((cpu_seconds()? - before).to_string());
    }
    let (bytes, items) = (lines.len(), memchr::memchr_iter(b'\n', lines).count());
    let (thousandths, seconds) = (size * 1000 / bytes.max(1), seconds.join(","));
    let share = format!("{}.{} %", thousandths / 10, thousandths % 10);
    let group = "gzip of export lines, size of what comes out";
    let line = format!("case\t{group}\tpeer\t{name}: {share}\t{bytes}\t{items}\t\t\t{seconds}");
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
