//! The build context of a docker image: which files it has, the tar stream they make, and its digest.
//!
//! The stream is the one that Python's `tarfile` writes in GNU format: files sorted by name, owned by nobody, dated
//! 2016-01-01. Modes are those that git keeps (0644 and 0755): the digest does not depend on anybody's umask.
//!
//! A context lies in `taskcluster/docker/DEFINITION`, as everywhere. Where there is no such folder it may lie beside the kind's
//! `kind.yml`, in `DEFINITION`: the kinds inside the program have no other place.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::docker_image::dockerfile::{Include, expand};
use anyhow::{Context as _, Result, bail};
use sha2::{Digest, Sha256};
use taskgraph::Error;
use taskgraph::diagnostics::Problem;
use taskgraph::transform::Context;
use taskgraph::tree::{hex, walk};
use taskgraph_compat::python;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::Map;

/// 2016-01-01T00:00:00Z, the date of every file in a context.
const MTIME: u64 = 1_451_606_400;
const DOCKERFILE: &str = "Dockerfile";
const BLOCK: usize = 512;
/// A tar stream is filled up to a multiple of this.
const RECORD: usize = 20 * BLOCK;
/// A longer name has a header of its own.
const LONGEST_NAME: usize = 100;

/// The digest of the context of the image `definition`, and with `keep_contexts` the context itself.
pub(crate) fn context_hash(
    ctx: &Context<'_>,
    definition: &str,
    args: &Map,
) -> Result<(String, Option<Vec<u8>>)> {
    let mut tar = Tar { kept: ctx.settings.keep_contexts.then(Vec::new), ..Tar::default() };
    for (name, file) in files(ctx, definition, args)? {
        match file {
            File::Text(text) => tar.add(&name, 0o644, text.as_bytes()),
            File::OnDisk(path) => {
                let failed =
                    || format!("`{}` cannot be read for the context of `{definition}`", path.display());
                let mode = fs::metadata(&path).with_context(failed)?.permissions().mode();
                let content = fs::read(&path).with_context(failed)?;
                tar.add(&name, if mode & 0o111 == 0 { 0o644 } else { 0o755 }, &content);
            }
        }
    }
    Ok(tar.finish())
}

enum File {
    OnDisk(PathBuf),
    Text(String),
}

fn files(ctx: &Context<'_>, definition: &str, args: &Map) -> Result<BTreeMap<String, File>> {
    let mut files = BTreeMap::new();
    let dockerfile = match ctx.tree.is_embedded() {
        true => add_embedded(ctx, definition, &mut files)?,
        false => add_from_disk(ctx, definition, &mut files)?,
    };
    let (text, includes) = expand(definition, &dockerfile, args)?;
    for wanted in includes {
        match wanted {
            Include::RunTask => add_run_task(ctx, &mut files),
            Include::Path(path) => include(ctx, definition, &path, &mut files)?,
        }
    }
    files.insert(DOCKERFILE.into(), File::Text(text));
    Ok(files)
}

/// The folder of a context beside the `kind.yml` of its kind, from the root.
pub(crate) fn beside_kind(ctx: &Context<'_>, kind: &str, definition: &str) -> String {
    format!("{}/{definition}", ctx.tree.folder_of_kind(kind))
}

/// Adds the files of the embedded tree, and returns the text of the Dockerfile.
fn add_embedded(ctx: &Context<'_>, definition: &str, files: &mut BTreeMap<String, File>) -> Result<String> {
    let folder = beside_kind(ctx, &ctx.kind.name, definition);
    let embedded = ctx.tree.embedded_files(&folder);
    let Some((_, dockerfile)) = embedded.iter().find(|(name, _)| *name == DOCKERFILE) else {
        bail!("there is no `{DOCKERFILE}` in `{folder}`");
    };
    files.extend(embedded.iter().map(|(name, text)| ((*name).to_owned(), File::Text((*text).to_owned()))));
    Ok((*dockerfile).to_owned())
}

/// Adds the files that lie on disk, and returns the text of the Dockerfile.
fn add_from_disk(ctx: &Context<'_>, definition: &str, files: &mut BTreeMap<String, File>) -> Result<String> {
    let usual = format!("taskcluster/docker/{definition}");
    let folder = [usual.clone(), ctx.tree.from_top(&beside_kind(ctx, &ctx.kind.name, definition))]
        .into_iter()
        .find(|folder| ctx.tree.disk_path(folder).is_ok_and(|path| path.join(DOCKERFILE).is_file()));
    let Some(folder) = folder else {
        ctx.tree.disk_path(&usual)?;
        bail!("there is no `{DOCKERFILE}` in `{usual}`");
    };
    let directory = ctx.tree.disk_path(&folder)?;
    add_all(ctx, &directory, "", files)?;
    let source = Source::read(&directory.join(DOCKERFILE)).map_err(Error::from)?;
    Ok(source.text.to_string())
}

fn include(
    ctx: &Context<'_>,
    definition: &str,
    path: &str,
    files: &mut BTreeMap<String, File>,
) -> Result<()> {
    if path.starts_with('/') {
        bail!(
            "the Dockerfile of `{definition}` includes `{path}`: only paths from the top of the repository are allowed"
        );
    }
    let on_disk = ctx.tree.disk_path(&python::path::normpath(path)).with_context(|| {
        format!("the Dockerfile of `{definition}` includes a path outside the repository")
    })?;
    let name = python::path::join("topsrcdir", path);
    if on_disk.is_dir() {
        add_all(ctx, &on_disk, &format!("{name}/"), files)
    } else if on_disk.exists() {
        ctx.tree.check_file(&on_disk)?;
        files.insert(name, File::OnDisk(on_disk));
        Ok(())
    } else {
        bail!("the Dockerfile of `{definition}` includes `{path}`, which does not exist")
    }
}

fn add_all(
    ctx: &Context<'_>,
    directory: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, File>,
) -> Result<()> {
    let mut names = Vec::new();
    walk(directory, "", &mut names)?;
    if ctx.config.version.leaves_byte_code_out() {
        names.retain(|name| !name.split('/').rev().skip(1).any(|folder| folder == "__pycache__"));
    }
    for name in names {
        let path = directory.join(&name);
        // A link to a directory is not a file, and is not followed.
        if !path.is_dir() {
            ctx.tree.check_file(&path)?;
            files.insert(format!("{prefix}{name}"), File::OnDisk(path));
        }
    }
    Ok(())
}

fn add_run_task(ctx: &Context<'_>, files: &mut BTreeMap<String, File>) {
    match &ctx.settings.run_task {
        Some(run_task) => {
            for (name, path) in &run_task.files {
                files.insert(format!("run-task/{name}"), File::OnDisk(path.clone()));
            }
        }
        None => warn_of_no_run_task(ctx, "digests of docker images are not those of a real run"),
    }
}

/// Warns that the files of run-task are needed and were not found; but not of the kinds inside the program, whose digests
/// are those of no other tree anyway.
pub(crate) fn warn_of_no_run_task(ctx: &Context<'_>, consequence: &str) {
    if !ctx.tree.is_embedded() {
        ctx.record.warn(Problem::warning("run-task", format!("run-task was not found: {consequence}"))
            .help("name the folder that has run-task, fetch-content, hgrc and robustcheckout.py with --run-task-dir or TASKGRAPH_RUN_TASK_DIR, or install taskcluster-taskgraph with pip"));
    }
}

/// A tar stream of which the digest is kept, and the stream itself only if somebody wants it.
#[derive(Default)]
struct Tar {
    digest: Sha256,
    written: usize,
    kept: Option<Vec<u8>>,
}

impl Tar {
    fn add(&mut self, name: &str, mode: u32, content: &[u8]) {
        if name.len() > LONGEST_NAME {
            let mut long = name.as_bytes().to_vec();
            long.push(0);
            self.write(&header(b"././@LongLink", 0, long.len(), 0, b'L'));
            self.write_padded(&long);
        }
        self.write(&header(name.as_bytes(), mode, content.len(), MTIME, b'0'));
        self.write_padded(content);
    }

    fn finish(mut self) -> (String, Option<Vec<u8>>) {
        self.write(&[0; 2 * BLOCK]);
        let rest = self.written % RECORD;
        if rest > 0 {
            self.write(&vec![0; RECORD - rest]);
        }
        (hex(&self.digest.finalize()), self.kept)
    }

    fn write(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.written += bytes.len();
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(bytes);
        }
    }

    fn write_padded(&mut self, bytes: &[u8]) {
        self.write(bytes);
        self.write(&[0; BLOCK][..(BLOCK - bytes.len() % BLOCK) % BLOCK]);
    }
}

fn header(name: &[u8], mode: u32, size: usize, mtime: u64, kind: u8) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &name[..name.len().min(LONGEST_NAME)]);
    put(100, format!("{mode:07o}\0").as_bytes());
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, format!("{mtime:011o}\0").as_bytes());
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar  \0");
    // Python before 3.9 wrote device numbers for plain files, too, and the reference goes on doing so.
    put(329, b"0000000\0");
    put(337, b"0000000\0");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    header
}
