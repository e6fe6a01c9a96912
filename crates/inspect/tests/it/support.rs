//! What the tests share.

use ddbkit_inspect::{
    Attribute, KeyNames, NearLimit, Profile, ProfileOptions, Profiler, Source, SourceKind,
};

/// Items with a partition key `pk` and a sort key `sk`.
pub(crate) fn keyed() -> ProfileOptions {
    let range = Some("sk".to_owned());
    ProfileOptions::default().keys(KeyNames { hash: "pk".to_owned(), range })
}

pub(crate) fn finish(profiler: Profiler) -> Profile {
    profiler.finish(Source::new("test", SourceKind::Lines))
}

/// The profile of some lines.
pub(crate) fn of_lines<T: AsRef<[u8]>>(
    options: &ProfileOptions,
    lines: impl IntoIterator<Item = T>,
) -> Profile {
    let mut profiler = Profiler::new(options);
    for line in lines {
        profiler.add_line(line.as_ref()).unwrap();
    }
    finish(profiler)
}

#[track_caller]
pub(crate) fn attribute<'a>(profile: &'a Profile, path: &str) -> &'a Attribute {
    let found = profile.attributes.iter().find(|attribute| attribute.path == path);
    found.unwrap_or_else(|| panic!("no {path} in {:?}", profile.attributes))
}

#[track_caller]
pub(crate) fn limit<'a>(profile: &'a Profile, name: &str) -> &'a NearLimit {
    profile.limits.iter().find(|limit| limit.name == name).unwrap()
}
