//! What may happen in a state.

use super::protocol::{FOREIGN, Flaw, ItemId, ObjectKey, Protocol, Role};
use super::state::{Collector, Keys, State, Step};

/// A step of a writer (its number comes first) or of the collector. Names are those of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Read(usize),
    Upload(usize),
    /// Sends the conditional write.
    Commit(usize),
    /// The SDK waits no longer and sends it again.
    Retry(usize),
    /// A write arrives at the table, and its answer at the writer.
    Arrive(usize),
    /// A write arrives at the table, its answer is lost.
    ArriveUnheard(usize),
    /// A write is lost on its way.
    Lose(usize),
    GiveUp(usize),
    /// The writer draws its conclusion: a strong read where it needs one, and in the broken
    /// protocols a deletion.
    Resolve(usize),
    Crash(usize),
    /// The time of the mark is taken, and with it the candidates.
    BeginMark,
    /// The scan reads one item.
    Mark(ItemId),
    Sweep(ObjectKey),
}

pub(crate) fn possible(protocol: &Protocol, state: &State, out: &mut Vec<Action>) {
    for (number, writer) in state.writers.iter().enumerate() {
        let uploads = !matches!(
            protocol.roles[number],
            Role::Reuse(_) | Role::CopyPointer | Role::AdoptInPlace
        );
        match writer.step {
            Step::Begin => out.push(Action::Read(number)),
            Step::HasRead if uploads => out.push(Action::Upload(number)),
            Step::HasRead | Step::Uploaded => out.push(Action::Commit(number)),
            // The model needs no lost answers of the other tool: it is wrong without them.
            Step::Sent if matches!(protocol.roles[number], Role::OtherTool(_)) => {
                out.push(Action::Arrive(number));
                continue;
            }
            Step::Sent if writer.retried => out.push(Action::GiveUp(number)),
            Step::Sent => out.push(Action::Retry(number)),
            Step::Committed | Step::Refused | Step::Unknown => out.push(Action::Resolve(number)),
            Step::Done => {}
        }
        if writer.in_flight > 0 {
            out.extend([Action::Arrive(number), Action::Lose(number)]);
            if writer.step == Step::Sent {
                out.push(Action::ArriveUnheard(number));
            }
        }
        // A crash elsewhere leaves what a crash here leaves, or what the end of the writer leaves.
        if writer.step == Step::Sent {
            out.push(Action::Crash(number));
        }
    }
    match state.collector {
        Collector::Idle => out.push(Action::BeginMark),
        Collector::Marking { scanned, .. } => {
            out.extend((0..protocol.items()).filter(|item| !scanned[*item]).map(Action::Mark));
        }
        Collector::Sweeping { .. } => out.extend(garbage(protocol, state).map(Action::Sweep)),
    }
}

/// What the collector may delete now.
pub(crate) fn garbage(protocol: &Protocol, state: &State) -> impl Iterator<Item = ObjectKey> {
    let (candidates, marked) = match state.collector {
        Collector::Sweeping { candidates, marked } => (candidates, marked),
        _ => Default::default(),
    };
    let sweeping = matches!(state.collector, Collector::Sweeping { .. });
    let candidates = if sweeping && protocol.has(Flaw::AgeAtSweep) {
        old_objects(protocol, state)
    } else {
        candidates
    };
    let objects = state.objects;
    candidates.iter().filter(move |key| objects.has(*key) && !marked.has(*key))
}

/// The objects that may be older than the grace. It is longer than a writer may take with everything
/// that is still on its way (G >= W + Z + skew), so those of a writer at work are not; all others
/// may be. Objects of other tools are none of ours.
pub(crate) fn old_objects(protocol: &Protocol, state: &State) -> Keys {
    let mut old = Keys::default();
    for key in state.objects.iter().filter(|key| *key < FOREIGN) {
        let made = |number| (0..protocol.items()).any(|item| protocol.key_of(number, item) == key);
        let mut writers = state.writers.iter().enumerate();
        if !writers.any(|(number, writer)| !writer.is_gone() && writer.uploaded && made(number)) {
            old.add(key);
        }
    }
    old
}
