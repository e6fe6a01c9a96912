//! What a case is.

use crate::corpus::{Corpus, Want, lines};
use crate::same::Same;
use crate::{Error, Result};
use std::hint::black_box;
use std::rc::Rc;

/// Cases that do the same work and are compared.
pub struct Group {
    pub name: &'static str,
    pub cases: fn(&Corpus) -> Result<Vec<Case<'_>>>,
}

/// One way to do it.
pub struct Case<'c> {
    pub name: &'static str,
    kind: Kind,
    /// The bytes that the speed counts: those read, or of a writer those written.
    bytes: usize,
    pub run: Run<'c>,
}

/// Goes through the whole corpus and gives the number of items; with what they must be, compares.
pub type Run<'c> = Box<dyn FnMut(Option<&[Want]>) -> Result<usize> + 'c>;

enum Kind {
    /// Of a crate that people use today.
    Peer,
    /// Of this project, and how fast it is meant to be.
    Ours(Option<Target>),
}

/// So many times as fast as the fastest peer of the same group whose name ends so.
#[derive(Clone, Copy)]
pub struct Target {
    pub times: f64,
    pub peer: &'static str,
}

pub fn peer<'c>(name: &'static str, bytes: usize, run: Run<'c>) -> Case<'c> {
    Case { name, kind: Kind::Peer, bytes, run }
}

pub fn ours<'c>(
    name: &'static str,
    target: impl Into<Option<Target>>,
    bytes: usize,
    run: Run<'c>,
) -> Case<'c> {
    Case { name, kind: Kind::Ours(target.into()), bytes, run }
}

/// `at_least(1.9, "peer")`.
pub const fn at_least(times: f64, peer: &'static str) -> Target {
    Target { times, peer }
}

impl Case<'_> {
    /// The line that `cargo xtask bench` reads: fields with tabs between.
    pub fn line(&self, group: &str, items: usize, seconds: &[f64]) -> String {
        let (kind, target) = match self.kind {
            Kind::Peer => ("peer", None),
            Kind::Ours(target) => ("ours", target),
        };
        let (times, peer) =
            target.map_or_else(Default::default, |t| (t.times.to_string(), t.peer.to_owned()));
        let seconds: Vec<_> = seconds.iter().map(|s| format!("{s:.6}")).collect();
        let (name, bytes, seconds) = (self.name, self.bytes, seconds.join(","));
        format!("case\t{group}\t{kind}\t{name}\t{bytes}\t{items}\t{times}\t{peer}\t{seconds}")
    }
}

/// Calls it for every line. Finding the ends of the lines is part of the work.
pub fn each_line<'c>(
    bytes: &'c [u8],
    mut one: impl FnMut(&'c [u8], Option<&Want>) -> Result + 'c,
) -> Run<'c> {
    Box::new(move |want| {
        let mut items = 0;
        for line in lines(bytes) {
            one(line, nth(want, items)?)?;
            items += 1;
        }
        Ok(items)
    })
}

/// Writes every value, each into the same buffer, whose text must pass the check.
pub fn each_written<'c, T: 'c>(
    values: &Rc<Vec<T>>,
    is_right: fn(&[u8], &Want) -> bool,
    write: impl Fn(&T, &mut Vec<u8>) -> Result + 'c,
) -> Run<'c> {
    let (values, mut out) = (Rc::clone(values), Vec::new());
    Box::new(move |want| {
        for (n, value) in values.iter().enumerate() {
            out.clear();
            write(value, &mut out)?;
            match nth(want, n)? {
                Some(want) if !is_right(&out, want) => return Err(wrong(want)),
                _ => black_box(&out),
            };
        }
        Ok(values.len())
    })
}

/// What the item of this number must be.
pub fn nth<'w, 'c>(want: Option<&'w [Want<'c>]>, n: usize) -> Result<Option<&'w Want<'c>>> {
    want.map(|want| want.get(n).ok_or_else(|| "too many items".into())).transpose()
}

/// Takes what came out of a case, compares it where there is something to compare with, and drops
/// it, which is part of the work.
#[inline]
#[allow(clippy::needless_pass_by_value, reason = "it is dropped here")]
pub fn take<T: Same>(value: T, want: Option<&Want>) -> Result {
    match want {
        None => {
            black_box(&value);
            Ok(())
        }
        Some(want) if value.same(want) => Ok(()),
        Some(want) => Err(wrong(want)),
    }
}

fn wrong(want: &Want) -> Error {
    format!("not what it must be: {}", String::from_utf8_lossy(want.json)).into()
}
