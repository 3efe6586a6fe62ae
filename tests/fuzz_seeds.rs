//! The fuzz targets without a fuzzer: the seeds, and what becomes of them by chance. A short run belongs to every test;
//! the long one is `cargo test --release --test fuzz_seeds -- --ignored`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "a test starts programs")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test says what it counted and what it left out"
)]

#[path = "../fuzz/targets.rs"]
mod targets;

use std::path::Path;
use std::time::{Duration, Instant};

use targets::{TARGETS, Target};

/// Random numbers, the same ones every time. The constants are those of SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

/// Words that have a meaning for one of the readers.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ": ",
    "- ",
    "&a ",
    "*a",
    "<<: ",
    "!!",
    "|\n",
    ">-\n",
    "\"",
    "'",
    "\\",
    "#",
    "\n",
    "\r",
    "\t",
    " ",
    "?",
    "(",
    ")",
    "(?=",
    "(?P<a>",
    "\\b",
    "$",
    "^",
    "*",
    "+",
    "{1,9}",
    "|",
    "..",
    "/",
    "@",
    "%",
    "!r",
    ":>9",
    ".5f",
    "0x",
    "1_0",
    "1e9",
    ".nan",
    "~",
    "é",
    "\u{202e}",
    "\u{feff}",
    "\u{0}",
    "# %ARG A\n",
    "# %include ",
    "$A",
    "by-platform: ",
    "default: ",
];

fn mutant(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(6) {
        let at = chance.below(bytes.len() + 1);
        match chance.below(6) {
            0 => drop(bytes.splice(at..at, PIECES[chance.below(PIECES.len())].bytes())),
            1 if at < bytes.len() => bytes[at] = chance.below(256) as u8,
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..(at + chance.below(9)).min(bytes.len()))),
            4 => {
                let end = (at + chance.below(40)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                let to = chance.below(bytes.len() + 1);
                drop(bytes.splice(to..to, part));
            }
            _ => {
                let other = &seeds[chance.below(seeds.len())];
                let from = chance.below(other.len() + 1);
                drop(bytes.splice(at..at, other[from..].iter().copied()));
            }
        }
        bytes.truncate(4096);
    }
    bytes
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// Runs mutants of a target's seeds until `enough` says so; returns their number.
fn run((name, target): Target, mut enough: impl FnMut(usize) -> bool) -> usize {
    let seeds = seeds(name);
    seeds.iter().for_each(|seed| target(seed));
    let mut chance = Chance(17);
    let mut count = 0;
    while !enough(count) {
        let bytes = mutant(&seeds, &mut chance);
        if std::panic::catch_unwind(|| target(&bytes)).is_err() {
            panic!("{name}, number {count}: {:?}", String::from_utf8_lossy(&bytes));
        }
        count += 1;
    }
    count
}

/// Makes a test of each target: they run side by side, and can be chosen by name.
macro_rules! mutants {
    ($($name:ident)*) => {
        mod five_hundred_mutants_are_read_or_refused {
            $(
                #[test]
                fn $name() {
                    let target = super::TARGETS.iter().find(|(name, _)| *name == stringify!($name)).unwrap();
                    super::run(*target, |count| count >= 500);
                }
            )*
        }

        #[test]
        fn each_target_has_a_test() {
            let names: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

mutants!(yaml format keyed_by regex dockerfile parameters);

#[test]
#[ignore = "takes ten minutes a target"]
fn ten_minutes_of_mutants_of_each_target_are_read_or_refused() {
    for target in TARGETS {
        let started = Instant::now();
        let count = run(*target, |_| started.elapsed() > Duration::from_secs(600));
        eprintln!("{}: {count} mutants", target.0);
    }
}
