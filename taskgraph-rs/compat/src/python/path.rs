//! Python's `posixpath`: operations on paths as text. Never reads a disk.

/// Python: `posixpath.join(base, path)`.
pub fn join(base: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.into();
    }
    let slash = if base.is_empty() || base.ends_with('/') { "" } else { "/" };
    [base, slash, path].concat()
}

/// Python: `posixpath.normpath(path)`.
pub fn normpath(path: &str) -> String {
    // Two slashes, and only two, mean something else than one in POSIX.
    let root = match path.bytes().take_while(|byte| *byte == b'/').count() {
        0 => "",
        2 => "//",
        _ => "/",
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_none_or(|last| *last == "..") => {
                if root.is_empty() {
                    parts.push("..");
                }
            }
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let normal = [root, &parts.join("/")].concat();
    if normal.is_empty() { ".".into() } else { normal }
}

/// Python: `posixpath.dirname(path)`.
pub fn dirname(path: &str) -> &str {
    let head = &path[..name_start(path)];
    match head.trim_end_matches('/') {
        // Nothing but slashes stays as it is.
        "" => head,
        trimmed => trimmed,
    }
}

/// Python: `posixpath.basename(path)`: empty if the path ends with a slash.
pub fn basename(path: &str) -> &str {
    &path[name_start(path)..]
}

/// Python: `posixpath.splitext(path)`: the suffix has its dot, and dots in front of a name begin none.
pub fn splitext(path: &str) -> (&str, &str) {
    let start = name_start(path);
    let name = &path[start..];
    let dots = name.len() - name.trim_start_matches('.').len();
    match name.rfind('.') {
        Some(dot) if dot >= dots => path.split_at(start + dot),
        _ => (path, ""),
    }
}

/// Python: `pathlib.PurePosixPath(path).stem`.
pub fn stem(path: &str) -> &str {
    let name = path.split('/').rfind(|part| !matches!(*part, "" | ".")).unwrap_or("");
    match name.rfind('.') {
        Some(dot) if dot > 0 && dot + 1 < name.len() => &name[..dot],
        _ => name,
    }
}

fn name_start(path: &str) -> usize {
    path.rfind('/').map_or(0, |slash| slash + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_normalised() {
        assert_eq!(join("a", "b"), "a/b");
        assert_eq!(join("a/", "/b"), "/b");
        assert_eq!(join("a", ""), "a/");
        assert_eq!(normpath("a//b/../c/."), "a/c");
        assert_eq!(normpath("../a/../.."), "../..");
        assert_eq!(normpath("/../a"), "/a");
        assert_eq!(normpath("//a"), "//a");
        assert_eq!(normpath("///a"), "/a");
        assert_eq!(normpath(""), ".");
    }

    #[test]
    fn paths_are_taken_apart() {
        assert_eq!((dirname("a/b"), basename("a/b")), ("a", "b"));
        assert_eq!((dirname("//a"), basename("a/")), ("//", ""));
        assert_eq!(splitext("a.b/c.tar.gz"), ("a.b/c.tar", ".gz"));
        assert_eq!(splitext("x/..rc"), ("x/..rc", ""));
        assert_eq!(splitext("x/.rc.d"), ("x/.rc", ".d"));
        assert_eq!(stem("a/model.npz.gz/."), "model.npz");
        assert_eq!((stem(".rc"), stem("a."), stem("..")), (".rc", "a.", ".."));
    }
}
