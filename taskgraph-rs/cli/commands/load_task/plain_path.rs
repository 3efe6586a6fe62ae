//! Paths that stay below a folder.

/// Whether a path stays below the folder that it begins in.
pub(super) fn is_plain(path: &str) -> bool {
    !path.is_empty() && !path.contains('\0') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_artifacts_stay_below_their_folder() {
        for name in ["public/build", "a", "public/a.b..c"] {
            assert!(is_plain(name), "{name}");
        }
        for name in ["", "/etc", "../a", "a/../b", "a//b", "a/."] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
