//! What a person should look at first, in words, so that nobody has to find it in a picture.

use super::keys;
use super::limits;
use super::number::{bytes, counted, dollars, percent};
use crate::{NearLimit, OffloadSaving, Profile};
use maud::{Markup, html};

pub(super) fn findings(profile: &Profile) -> Markup {
    let near = profile.limits.iter().filter(|limit| limits::is_near(limit));
    let saving = best_saving(profile);
    let findings: Vec<Markup> =
        hot_key(profile).into_iter().chain(near.map(near_limit)).chain(saving.map(saves)).collect();
    html! {
        @if !findings.is_empty() {
            section.findings aria-labelledby="findings-title" {
                h2 #findings-title { "Worth a look" }
                ul { @for finding in findings { li { (finding) } } }
            }
        }
    }
}

fn hot_key(profile: &Profile) -> Option<Markup> {
    let keys = profile.keys.as_ref().filter(|keys| keys::is_hot(keys))?;
    let share = keys::hottest_share(keys)?;
    Some(html! {
        a href="#keys" { "A hot partition key" } " has " (percent(share)) " of the items: requests for them \
        share the throughput of one partition."
    })
}

fn near_limit(limit: &NearLimit) -> Markup {
    let near = counted(limit.near, "is", "are");
    html! {
        a href="#limits" { (limits::title(limit)) } ": " (near) " at 80\u{a0}% of the limit or more"
        @if limit.over > 0 { ", and " strong.warn { (counted(limit.over, "is", "are")) " over it" } }
        "."
    }
}

/// The threshold that saves the most, where it saves a dollar a month and a tenth of the storage: less
/// is not worth the second service.
fn best_saving(profile: &Profile) -> Option<&OffloadSaving> {
    let best =
        profile.offload.iter().max_by(|a, b| a.monthly_saving.total_cmp(&b.monthly_saving))?;
    let worth = best.monthly_saving >= (profile.costs.storage_month / 10.0).max(1.0);
    worth.then_some(best)
}

fn saves(saving: &OffloadSaving) -> Markup {
    html! {
        a href="#offload" { "Values above " (bytes(saving.above)) } " in S3 would save "
        (dollars(saving.monthly_saving)) " a month of storage, without requests."
    }
}
