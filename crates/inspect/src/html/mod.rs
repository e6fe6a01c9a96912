//! The numbers as a page for people.
//!
//! Each part of the page is a file; `page` puts them together. What comes out of a table (keys, names
//! of attributes, the name of the source) is hostile text: it goes through [`text`] alone, and the
//! templates escape whatever they are given.

mod attributes;
mod bar;
mod cost;
mod findings;
mod histogram;
mod keys;
mod largest;
mod limits;
mod number;
mod offload;
mod page;
mod plot;
mod section;
mod table;
mod text;
mod tiles;

#[cfg(test)]
mod tests;

use crate::Profile;
use std::io;

/// A [`Profile`] as one HTML page that needs nothing else: no network, no fonts, no scripts.
///
/// It follows the browser into light and dark, fits a phone, and prints. Its content security policy
/// lets it load nothing and run nothing, so that no text out of a table can make it do so. Pictures
/// come with tables of their numbers. Tables that could be long end after a fixed number of rows and
/// say how many are left out, so a page has less than 1 MB, whatever the profile.
///
/// ```no_run
/// # fn report(profile: &ddbkit_inspect::Profile) -> std::io::Result<()> {
/// let file = std::fs::File::create("report.html")?;
/// ddbkit_inspect::HtmlReport::new(profile).write_to(file)
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HtmlReport<'a> {
    profile: &'a Profile,
}

impl<'a> HtmlReport<'a> {
    /// Of these numbers.
    #[must_use]
    pub fn new(profile: &'a Profile) -> Self {
        Self { profile }
    }

    /// Writes the page, in UTF-8.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_to(&self, mut writer: impl io::Write) -> io::Result<()> {
        writer.write_all(page::page(self.profile).into_string().as_bytes())?;
        writer.flush()
    }
}
