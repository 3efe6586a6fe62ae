//! Interns texts that are used often, such as keys, and builds texts from parts.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::sync::{LazyLock, Mutex, PoisonError};

use indexmap::IndexSet;

use crate::value::Str;

/// Returns the address of a text, which distinguishes it from others as long as it lives.
pub(crate) fn address(text: &Str) -> usize {
    text.as_ptr().addr()
}

/// Returns the text that `write` writes. The buffer is used again, unless it has become large.
pub fn written<E>(write: impl FnOnce(&mut String) -> Result<(), E>) -> Result<Str, E> {
    thread_local! {
        static BUFFER: Cell<String> = const { Cell::new(String::new()) };
    }
    const LARGE: usize = 1 << 16;
    let mut text = BUFFER.take();
    text.clear();
    write(&mut text)?;
    let shared = Str::from(&*text);
    if text.capacity() <= LARGE {
        BUFFER.set(text);
    }
    Ok(shared)
}

/// These texts as one.
pub fn joined(parts: &[&str]) -> Str {
    let Ok(joined) = written(|text| {
        parts.iter().for_each(|part| text.push_str(part));
        Ok::<_, Infallible>(())
    });
    joined
}

/// Returns the shared text of a name that transforms give to fields: every task has the same ones.
pub fn intern(name: &str) -> Str {
    thread_local! {
        /// The name that was asked for last, of those whose text lies at an address like this: most names are literals
        /// of the program, which never move.
        static LAST: RefCell<Vec<Str>> = RefCell::new(vec![Str::new(); PLACES]);
    }
    // Many more than there are names, so that few of them share a place.
    const PLACES: usize = 1 << 12;
    LAST.with_borrow_mut(|last| {
        let place = &mut last[(name.as_ptr().addr() ^ name.len() << 7) % PLACES];
        if &**place != name {
            *place = known(name);
        }
        place.clone()
    })
}

/// A name, shared with all who ask for it. Names out of configs may be any number of long ones; those that recur are few
/// and short.
pub(crate) fn known(name: &str) -> Str {
    const MOST: usize = 4_000;
    const LONGEST: usize = 80;
    static KNOWN: LazyLock<Mutex<IndexSet<Str, foldhash::fast::RandomState>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    match known.get(name) {
        Some(shared) => shared.clone(),
        None if name.len() <= LONGEST && known.len() < MOST => {
            // Never freed, so never counted: no two cores wait for each other to count it.
            let shared = Str::from(name);
            shared.leak();
            known.insert(shared.clone());
            shared
        }
        None => name.into(),
    }
}
