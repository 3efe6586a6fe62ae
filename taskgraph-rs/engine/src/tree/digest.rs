//! Digests of files of the tree.

use std::fs;
use std::sync::PoisonError;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest, Sha256};

use crate::tree::Tree;
use taskgraph_compat::python;
use taskgraph_compat::value::Str;

impl Tree {
    /// The SHA-256 of the file at `path` below the top, in hex. Each file is hashed once.
    pub fn hash(&self, path: &str) -> Result<Str> {
        self.memo(path, || {
            let on_disk = self.disk_path(path)?;
            self.check_file(&on_disk)?;
            let content = fs::read(on_disk);
            Ok(hex(&Sha256::digest(
                content.with_context(|| format!("`{path}` cannot be read for the digest"))?,
            )))
        })
    }

    /// Returns the result of `make` on files of the tree; computed once for each `name`, as files do not change
    /// meanwhile.
    pub fn memo(&self, name: &str, make: impl FnOnce() -> Result<String>) -> Result<Str> {
        if let Some(known) = self.memos.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Ok(known.clone());
        }
        let made: Str = make()?.into();
        self.memos.lock().unwrap_or_else(PoisonError::into_inner).insert(name.into(), made.clone());
        Ok(made)
    }

    /// One digest for all tracked files that match the patterns. Python: `taskgraph.util.hash.hash_paths`.
    pub fn hash_matching(&self, patterns: &[String]) -> Result<String> {
        let tracked = self.tracked()?;
        let mut found = Vec::new();
        for pattern in patterns {
            let before = found.len();
            match pattern.contains('*') {
                // Most patterns are plain paths: no need to try each file against an expression.
                false => {
                    let inside = format!("{}/", pattern.trim_end_matches('/'));
                    found.extend(tracked.iter().filter(|file| *file == pattern || file.starts_with(&inside)));
                }
                true => {
                    let glob = python::glob::Glob::new(pattern)?;
                    for file in tracked {
                        if glob.matches(file)? {
                            found.push(file);
                        }
                    }
                }
            }
            if found.len() == before {
                bail!("no tracked file matches `{pattern}`");
            }
        }
        found.sort();
        found.dedup();
        let mut digest = Sha256::new();
        for file in found {
            digest.update(format!("{} {file}\n", self.hash(file)?));
        }
        Ok(hex(&digest.finalize()))
    }
}

/// Bytes in hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| DIGITS[usize::from(nibble)] as char)
        .collect()
}

/// The SHA-256 of a text, in hex.
pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}
