//! What an action makes of a state.

use super::actions::{Action, garbage, old_objects, possible};
use super::protocol::{FOREIGN, Flaw, ItemId, Protocol, Role, initial_key};
use super::state::{Collector, Item, Keys, State, Step, Value, Writer};
use stateright::{Model, Property};

pub(crate) const RESOLVES: &str = "every pointer resolves";
pub(crate) const NOT_LOST: &str = "no update is lost";
pub(crate) const COMMITS: &str = "a commit happens";
pub(crate) const SWEEPS: &str = "there is garbage to sweep";

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let mut state = State::default();
        state.writers.resize(self.roles.len(), Writer::default());
        if self.begins_foreign() {
            state.items[0] = Item { rev: 1, value: Value::ForeignText(FOREIGN) };
            state.objects.add(FOREIGN);
            return vec![state];
        }
        let without_items = state.clone();
        for item in 0..self.items() {
            state.items[item] = Item { rev: 1, value: Value::Pointer(initial_key(item)) };
            state.objects.add(initial_key(item));
        }
        if self.items() == 1 { vec![state, without_items] } else { vec![state] }
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        possible(self, state, actions);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Read(writer) => read(self, &mut state, writer),
            Action::Upload(writer) => upload(self, &mut state, writer),
            Action::Commit(writer) => {
                state.writers[writer].step = Step::Sent;
                state.writers[writer].in_flight = 1;
            }
            Action::Retry(writer) => {
                state.writers[writer].retried = true;
                state.writers[writer].in_flight += 1;
            }
            Action::Arrive(writer) => arrive(self, &mut state, writer, true),
            Action::ArriveUnheard(writer) => arrive(self, &mut state, writer, false),
            Action::Lose(writer) => state.writers[writer].in_flight -= 1,
            Action::GiveUp(writer) => state.writers[writer].step = Step::Unknown,
            Action::Resolve(writer) => resolve(self, &mut state, writer),
            Action::Crash(writer) => state.writers[writer].step = Step::Done,
            Action::BeginMark => {
                let (candidates, marked) = (old_objects(self, &state), Keys::default());
                state.collector = Collector::Marking { candidates, marked, scanned: [false; 2] };
            }
            Action::Mark(item) => mark(self, &mut state, item),
            Action::Sweep(key) => state.objects.remove(key),
        }
        for writer in state.writers.iter_mut().filter(|writer| writer.is_gone()) {
            *writer = Writer { step: Step::Done, ..Writer::default() };
        }
        (state != *last).then_some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(RESOLVES, |_, state: &State| state.every_pointer_resolves()),
            Property::always(NOT_LOST, |_, state: &State| !state.update_lost),
            Property::sometimes(COMMITS, |_, state: &State| {
                state.writers.iter().any(|writer| writer.step == Step::Committed)
            }),
            Property::sometimes(SWEEPS, |protocol: &Self, state: &State| {
                garbage(protocol, state).next().is_some()
            }),
        ]
    }
}

/// A strong read of every item; who finds nothing for it to do is done.
fn read(protocol: &Protocol, state: &mut State, number: usize) {
    let items = state.items;
    let next = match protocol.roles[number] {
        Role::Reuse(item) if state.pointer(item).is_none() => Step::Done,
        Role::TransactionWithReuse if state.pointer(1).is_none() => Step::Done,
        Role::CopyPointer if state.pointer(0).is_none() => Step::Done,
        Role::Adopt | Role::AdoptInPlace if !matches!(items[0].value, Value::ForeignText(_)) => {
            Step::Done
        }
        Role::Bypass(item) => {
            if items[item] != Item::default() {
                state.items[item].value = Value::Plain;
            }
            Step::Done
        }
        Role::Delete(item) => {
            state.items[item] = Item::default();
            Step::Committed
        }
        _ => Step::HasRead,
    };
    let writer = &mut state.writers[number];
    writer.seen = items;
    writer.step = next;
}

fn upload(protocol: &Protocol, state: &mut State, number: usize) {
    let mut next = Step::Uploaded;
    let written: &[ItemId] = match protocol.roles[number] {
        Role::Update(0) | Role::TransactionWithReuse => &[0],
        Role::Update(_) => &[1],
        Role::Transaction => &[0, 1],
        Role::Adopt => match state.writers[number].seen[0].value {
            Value::ForeignText(from) if state.objects.has(from) => &[0],
            _ => {
                next = Step::Done;
                &[]
            }
        },
        Role::OtherTool(key) => {
            state.objects.add(key);
            &[]
        }
        _ => &[],
    };
    for item in written {
        let key = protocol.key_of(number, *item);
        if protocol.has(Flaw::ContentKeys) && state.objects.has(key) {
            continue;
        }
        state.objects.add(key);
        state.writers[number].uploaded = true;
    }
    state.writers[number].step = next;
}

/// What a writer wants in its items, each with whether it asks its condition there.
fn writes(protocol: &Protocol, state: &State, number: usize) -> Vec<(ItemId, Value, bool)> {
    let seen = state.writers[number].seen;
    let new = |item| (item, Value::Pointer(protocol.key_of(number, item)), true);
    match protocol.roles[number] {
        Role::Update(item) => vec![new(item)],
        Role::Reuse(item) => vec![(item, seen[item].value, true)],
        Role::Transaction => vec![new(0), new(1)],
        Role::TransactionWithReuse => {
            vec![new(0), (1, seen[1].value, !protocol.has(Flaw::ReuseWithoutCondition))]
        }
        Role::CopyPointer => vec![(1, seen[0].value, true)],
        Role::Adopt => vec![new(0)],
        Role::AdoptInPlace => match seen[0].value {
            Value::ForeignText(key) => vec![(0, Value::Pointer(key), true)],
            _ => vec![],
        },
        Role::OtherTool(key) => vec![(0, Value::ForeignText(key), false)],
        Role::Bypass(_) | Role::Delete(_) => vec![],
    }
}

/// The table takes a write whole or not at all.
fn arrive(protocol: &Protocol, state: &mut State, number: usize, heard: bool) {
    let writes = writes(protocol, state, number);
    let ours = !matches!(protocol.roles[number], Role::OtherTool(_));
    let seen = state.writers[number].seen;
    let holds = writes.iter().all(|(item, _, asks)| {
        let (now, seen) = (state.items[*item], seen[*item]);
        let rev = !protocol.condition.rev || now.rev == seen.rev;
        let pointer = !protocol.condition.pointer || now.value == seen.value;
        !asks || (rev && pointer)
    });
    if holds {
        for (item, value, _) in writes {
            let now = &mut state.items[item];
            // Its own write, once more, replaces nothing.
            state.update_lost |= ours && now.value != seen[item].value && now.value != value;
            now.value = value;
            if ours {
                now.rev = 2 + number;
            }
        }
    }
    let sender = &mut state.writers[number];
    sender.in_flight -= 1;
    if heard && sender.step == Step::Sent {
        sender.step = if holds { Step::Committed } else { Step::Refused };
    }
}

/// In our protocol the strong read only decides what the caller is told: nothing is deleted.
fn resolve(protocol: &Protocol, state: &mut State, number: usize) {
    let writer = state.writers[number];
    state.writers[number].step = Step::Done;
    match protocol.roles[number] {
        Role::Delete(item) => {
            if let (true, Value::Pointer(key)) =
                (protocol.has(Flaw::DeleteWithItem), writer.seen[item].value)
            {
                state.objects.remove(key);
            }
            return;
        }
        Role::OtherTool(own) => {
            if let (Step::Committed, Value::ForeignText(key)) = (writer.step, writer.seen[0].value)
                && key != own
            {
                state.objects.remove(key);
            }
            return;
        }
        _ => {}
    }
    for (item, value, _) in writes(protocol, state, number) {
        let Value::Pointer(own) = value else { continue };
        let replaced = writer.seen[item].value;
        match writer.step {
            Step::Committed if protocol.has(Flaw::DeleteReplaced) => {
                if let (Value::Pointer(key), true) = (replaced, replaced != value) {
                    state.objects.remove(key);
                }
            }
            Step::Refused if protocol.has(Flaw::DeleteOwnWhenRefused) => state.objects.remove(own),
            Step::Unknown
                if protocol.has(Flaw::DeleteOwnWhenUnknown) && state.items[item].value != value =>
            {
                state.objects.remove(own);
            }
            _ => {}
        }
    }
}

fn mark(protocol: &Protocol, state: &mut State, item: ItemId) {
    let Collector::Marking { candidates, mut marked, mut scanned } = state.collector else {
        return;
    };
    scanned[item] = true;
    if let Some(key) = state.pointer(item) {
        marked.add(key);
    }
    state.collector = if (0..protocol.items()).all(|item| scanned[item]) {
        Collector::Sweeping { candidates, marked }
    } else {
        Collector::Marking { candidates, marked, scanned }
    };
}
