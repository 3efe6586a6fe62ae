//! The versions of packages in folders that Python imports from. No Python is asked.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::known_python::package::Package;
use crate::known_python::version::Version;

/// The known facts about an installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstalledVersion {
    /// A release.
    Version(Version),
    /// It is there, and its version does not determine its source.
    Hidden {
        /// The reason.
        why: String,
        /// The version that it says it has.
        version: Option<Version>,
    },
    /// It is not there.
    Absent,
}

/// Looks for a package in the folders of `sys.path`, in their order: the first that has it is the one that Python takes.
pub fn installed(folders: &[PathBuf], package: Package) -> InstalledVersion {
    folders
        .iter()
        .map(|folder| in_folder(folder, package))
        .find(|found| *found != InstalledVersion::Absent)
        .unwrap_or(InstalledVersion::Absent)
}

fn in_folder(folder: &Path, package: Package) -> InstalledVersion {
    let mut known: Vec<(PathBuf, Option<Version>)> = Vec::new();
    let mut links = Vec::new();
    let mut is_there = false;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        is_there |= name == package.module();
        let of = |text: &str| Package::named(text) == Some(package);
        if let Some(stem) = name.strip_suffix(".dist-info").or_else(|| name.strip_suffix(".egg-info")) {
            // An egg may have the version of Python behind its own: `name-1.0-py3.11`.
            let (name, version) = stem.split_once('-').unwrap_or((stem, ""));
            if of(name) {
                known.push((entry.path(), version.split("-py").next().unwrap_or_default().parse().ok()));
            }
        } else if let Some(stem) = name.strip_suffix(".egg-link") {
            links.extend(of(stem).then(|| name.clone()));
        } else if let Some(stem) =
            name.strip_prefix("__editable__.").and_then(|stem| stem.strip_suffix(".pth"))
        {
            let (stem, _) = stem.split_once('-').unwrap_or((stem, ""));
            links.extend(of(stem).then(|| name.clone()));
        }
    }
    let hidden = |why: String, version: Option<Version>| InstalledVersion::Hidden { why, version };
    match &known[..] {
        [] if !links.is_empty() => hidden(format!("`{}` leads to its source", links[0]), None),
        [] if is_there => {
            hidden(format!("`{}` has no dist-info", folder.join(package.module()).display()), None)
        }
        [] => InstalledVersion::Absent,
        [(info, version)] => {
            let version = version.clone();
            if let Some(link) = links.first() {
                return hidden(format!("`{link}` leads to its source"), version);
            }
            if let Some(url) = direct_url(info) {
                return hidden(format!("it was installed from {url}"), version);
            }
            match version {
                Some(version) if is_there => InstalledVersion::Version(version),
                Some(_) => hidden(format!("`{}` is there, and its source is not", info.display()), version),
                None => hidden(format!("`{}` has no version in its name", info.display()), None),
            }
        }
        several => {
            let names = several.iter().filter_map(|(info, _)| info.file_name()?.to_str());
            let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            hidden(format!("it is there several times: {}", names.join(", ")), None)
        }
    }
}

/// The address that a package was installed from, if that is a folder or a repository.
fn direct_url(info: &Path) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct DirectUrl {
        url: String,
        archive_info: Option<serde_json::Value>,
    }
    let text = fs::read(info.join("direct_url.json")).ok()?;
    match serde_json::from_slice::<DirectUrl>(&text) {
        // A wheel, or an archive of the source: its version is that of its file.
        Ok(DirectUrl { archive_info: Some(_), .. }) => None,
        Ok(DirectUrl { url, .. }) => Some(url),
        Err(_) => Some("somewhere that direct_url.json does not tell".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[&str], package: Package) -> InstalledVersion {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let (file, text) = file.split_once(" = ").unwrap_or((file, ""));
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        installed(&[folder.path().join("nowhere"), folder.path().to_owned()], package)
    }

    fn version(text: &str) -> InstalledVersion {
        InstalledVersion::Version(text.parse().unwrap())
    }

    #[test]
    fn the_name_of_the_dist_info_has_the_version() {
        let files = [
            "taskgraph/__init__.py",
            "taskcluster_taskgraph-15.1.3.dist-info/METADATA",
            "taskcluster_taskgraph_extras-1.0.dist-info/METADATA",
            "mozilla_taskgraph/__init__.py",
            "Mozilla.Taskgraph-3.4.2-py3.11.egg-info/PKG-INFO",
            "taskcluster-1.dist-info/METADATA",
        ];
        assert_eq!(found(&files, Package::Taskgraph), version("15.1.3"));
        assert_eq!(found(&files, Package::MozillaTaskgraph), version("3.4.2"));
        assert_eq!(found(&["redo/x"], Package::Taskgraph), InstalledVersion::Absent);
    }

    #[test]
    fn an_installation_from_elsewhere_hides_its_version() {
        let info = "taskcluster_taskgraph-15.1.3.dist-info/METADATA";
        let url = "taskcluster_taskgraph-15.1.3.dist-info/direct_url.json = ";
        for (files, said) in [
            (
                vec![info, "taskgraph/x", "__editable__.taskcluster_taskgraph-15.1.3.pth"],
                "leads to its source",
            ),
            (vec!["taskcluster-taskgraph.egg-link"], "leads to its source"),
            (vec![info], "its source is not"),
            (vec!["taskgraph/x"], "has no dist-info"),
            (vec!["taskgraph/x", "taskcluster_taskgraph-x.dist-info/y"], "no version in its name"),
            (vec!["taskgraph/x", info, "taskcluster_taskgraph-14.dist-info/y"], "several times"),
            (
                vec!["taskgraph/x", info, &format!("{url}{{\"url\": \"file:///t\", \"dir_info\": {{}}}}")],
                "file:///t",
            ),
            (vec!["taskgraph/x", info, &format!("{url}{{")], "does not tell"),
        ] {
            match found(&files, Package::Taskgraph) {
                InstalledVersion::Hidden { why, .. } => assert!(why.contains(said), "{why}"),
                other => panic!("{files:?}: {other:?}"),
            }
        }
        let wheel = format!("{url}{{\"url\": \"file:///t.whl\", \"archive_info\": {{}}}}");
        assert_eq!(found(&[info, "taskgraph/x", &wheel], Package::Taskgraph), version("15.1.3"));
    }

    #[test]
    fn the_first_folder_that_has_it_counts() {
        let folder = tempfile::tempdir().unwrap();
        for (name, version) in [("a", "14.4.1"), ("b", "15.1.3")] {
            fs::create_dir_all(folder.path().join(name).join("taskgraph")).unwrap();
            let info = format!("{name}/taskcluster_taskgraph-{version}.dist-info");
            fs::create_dir_all(folder.path().join(info)).unwrap();
        }
        let folders = ["a", "b"].map(|name| folder.path().join(name));
        assert_eq!(installed(&folders, Package::Taskgraph), version("14.4.1"));
    }
}
