//! Runs the checker, and says of what kind the shortest counterexample is.

use super::actions::Action;
use super::machine::{COMMITS, NOT_LOST, RESOLVES, SWEEPS};
use super::protocol::Protocol;
use stateright::{Checker, Model};

/// What the last step of a counterexample does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A write arrives whose object is gone.
    LateWriteOfADeletedObject,
    /// A writer deletes, on its own, an object that an item points to.
    WriterDeletesALiveObject,
    /// The collector deletes an object that an item points to.
    SweepOfALiveObject,
    /// A write replaces a value that its writer has not seen.
    UpdateLost,
}

/// Proves a protocol: every state that can be reached keeps both promises, commits happen in it, and
/// the collector collects.
///
/// # Panics
/// When it does not.
pub(crate) fn holds(protocol: Protocol) {
    let checker = protocol.checker().spawn_bfs().join();
    println!("{:?}: {} states", protocol.roles, checker.unique_state_count());
    checker.assert_no_discovery(RESOLVES);
    checker.assert_no_discovery(NOT_LOST);
    checker.assert_any_discovery(COMMITS);
    if !protocol.begins_foreign() {
        checker.assert_any_discovery(SWEEPS);
    }
}

/// Refutes a protocol, and looks at the shortest counterexample.
///
/// # Panics
/// When the promise holds, or is broken in another way or later.
pub(crate) fn violates(protocol: Protocol, promise: &'static str, kind: Kind, steps: usize) {
    let actions = shortest(protocol, promise);
    println!("{actions:?}");
    let found = match actions.last() {
        _ if promise == NOT_LOST => Kind::UpdateLost,
        Some(Action::Sweep(_)) => Kind::SweepOfALiveObject,
        Some(Action::Resolve(_)) => Kind::WriterDeletesALiveObject,
        Some(Action::Arrive(_) | Action::ArriveUnheard(_)) => Kind::LateWriteOfADeletedObject,
        last => panic!("no step of a writer or of the collector: {last:?}"),
    };
    assert_eq!((found, actions.len()), (kind, steps), "{actions:?}");
}

/// Looks one step further each time: the checker itself gives the last counterexample that it meets
/// before it stops, which need not be the shortest.
fn shortest(protocol: Protocol, promise: &'static str) -> Vec<Action> {
    for depth in 2..25 {
        let checker = protocol.checker().target_max_depth(depth).spawn_bfs().join();
        if let Some(path) = checker.discovery(promise) {
            return path.into_actions();
        }
    }
    panic!("{promise:?} holds for {protocol:?}");
}
