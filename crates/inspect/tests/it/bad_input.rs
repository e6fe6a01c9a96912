//! What is no item, lacks its key, or is no export of items.

use crate::support::{finish, keyed};
use ddbkit_flow::Control;
use ddbkit_inspect::{
    InspectError, InspectErrorKind, Prices, ProfileOptions, Profiler, profile_lines,
};

fn told(error: &InspectError) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

#[test]
fn what_is_no_item_is_refused_and_nothing_of_it_is_counted() {
    let mut profiler = Profiler::new(&keyed());
    for (line, why) in [
        ("", "this is no item"),
        ("[]", "this is no item"),
        (r#"{"pk":{"S":"a"},"sk":{"N":"x"}}"#, "attribute $.sk"),
        (r#"{"pk":{"S":"a"}}"#, "the key attribute \"sk\" is missing"),
        (r#"{"pk":{"BOOL":true},"sk":{"N":"1"}}"#, "the key attribute \"pk\" is no key"),
        (r#"{"Item":{"pk":{"S":"secret"},"sk":{"N":"1"}}"#, "this is no item"),
    ] {
        let error = profiler.add_line(line.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), InspectErrorKind::InvalidItem);
        let told = told(&error);
        assert!(told.contains(why) && !told.contains("secret"), "{line}: {told}");
    }
    let profile = finish(profiler);
    assert_eq!((profile.items, profile.attributes.len()), (0, 0));
}

#[test]
fn the_place_of_a_bad_line_is_told() {
    let lines = b"{\"pk\":{\"S\":\"a\"}}\n\n{\"pk\":{\"S\":1}}\n";
    let options = ProfileOptions::default();
    let error = profile_lines(&lines[..], "-", &options, None, &Control::new()).unwrap_err();
    assert!(error.to_string().starts_with("-:3: "), "{error}");
    // A sample ends before it.
    let profiler = profile_lines(&lines[..], "-", &options, Some(1), &Control::new()).unwrap();
    assert_eq!(profiler.items(), 1);
}

#[test]
fn a_stream_that_is_cut_off_is_an_error() {
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab];
    let options = ProfileOptions::default();
    let error = profile_lines(&gzip[..], "-", &options, None, &Control::new()).unwrap_err();
    assert_eq!(error.kind(), InspectErrorKind::Source);
}

#[test]
fn a_cancel_ends_the_work() {
    let control = Control::new();
    control.cancel();
    let options = ProfileOptions::default();
    let error = profile_lines(&b"{}"[..], "-", &options, None, &control).unwrap_err();
    assert_eq!(error.kind(), InspectErrorKind::Interrupted);
}

#[test]
fn prices_that_are_none_are_refused() {
    let mut prices = Prices::default();
    for (name, dollars) in [("gb", 1.0), ("gb_month", -1.0), ("gb_month", f64::NAN)] {
        let error = prices.set(name, dollars).unwrap_err();
        assert_eq!(error.kind(), InspectErrorKind::InvalidPrice, "{name}");
    }
    assert_eq!(prices, Prices::default());
}
