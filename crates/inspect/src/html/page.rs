//! The whole page: its head, its parts in their order, and its foot.

use super::attributes::attributes;
use super::cost::cost;
use super::findings::findings;
use super::histogram::sizes;
use super::keys::keys;
use super::largest::largest;
use super::limits::limits;
use super::offload::offload;
use super::text::{raw, visible};
use super::tiles::tiles;
use crate::{Profile, SourceKind};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("style.css");

pub(super) fn page(profile: &Profile) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(concat!("ddbkit ", env!("CARGO_PKG_VERSION")));
                title { (visible(&profile.source.name)) " – ddbkit inspect" }
                // The sheet is a constant of ours.
                style { (PreEscaped(STYLE)) }
            }
            body {
                (header(profile))
                main {
                    @if profile.items == 0 {
                        p.empty { "There are no items, so there is nothing to show." }
                    } @else {
                        (parts(profile))
                    }
                }
                footer {
                    p {
                        "A KB is 1,024 bytes. Sizes of items are those that DynamoDB counts, names of attributes \
                         included. ≈ is an estimate."
                    }
                    p {
                        "Made by ddbkit " (env!("CARGO_PKG_VERSION")) ". This page loads nothing and runs nothing; \
                         " code { "ddbkit inspect --output json" } " has the same numbers."
                    }
                }
            }
        }
    }
}

/// Nothing is loaded, nothing is run, and of styles only ours is taken.
fn policy() -> String {
    let digest = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'")
}

fn header(profile: &Profile) -> Markup {
    let source = &profile.source;
    let kind = match source.kind {
        SourceKind::Table => "Table",
        SourceKind::Export => "Export",
        SourceKind::Lines => "Stream of lines",
    };
    html! {
        header {
            p.kind { (kind) }
            h1 { (raw(&source.name)) }
            @if source.taken_at.is_some() || source.region.is_some() {
                p.meta {
                    @if let Some(region) = &source.region { span { (raw(region)) } }
                    @if let Some(taken_at) = &source.taken_at { span { "as of " (raw(taken_at)) } }
                }
            }
            @if source.sampled {
                p.sampled role="note" {
                    strong { "A sample." } " Counts, bytes and costs are of the items that were read, not of all. \
                    Shares are an estimate of those of all."
                }
            }
        }
    }
}

fn parts(profile: &Profile) -> Markup {
    html! {
        (tiles(profile))
        (findings(profile))
        (sizes(profile))
        (attributes(profile))
        (largest(profile))
        (keys(profile))
        (limits(profile))
        (offload(profile))
        (cost(profile))
    }
}
