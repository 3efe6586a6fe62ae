//! The training kinds: what each starts from, and what that means for its tasks.

use crate::report::count;
use crate::text_layout::{Page, TextStyle};
use taskgraph_training::{KindModels, Member, Plan, Variant};

/// One block for each kind.
pub(crate) fn print(page: &mut Page, plan: &Plan) {
    if plan.models.is_empty() {
        return;
    }
    let with_models = plan.models.iter().any(|kind| kind.variant != Variant::FromScratch);
    page.heading(if with_models { "Pretrained models" } else { "Training, without pretrained models" });
    let width = plan.models.iter().map(|kind| kind.kind.chars().count()).max().unwrap_or_default();
    for kind in &plan.models {
        print_kind(page, kind, width);
    }
}

fn print_kind(page: &mut Page, kind: &KindModels, width: usize) {
    let members = kind.members.len();
    let what = match kind.variant {
        Variant::FromScratch => count(members, "task"),
        _ if members == 1 => "1 model".into(),
        _ => format!("{members} models, one for each member of the ensemble"),
    };
    let model_type = match kind.model_type.as_deref() {
        None | Some("default") => String::new(),
        Some(other) => format!(", type {other}"),
    };
    let start = format!("  {:<width$}   {:<13}", kind.kind, words(kind.variant));
    page.line_in(TextStyle::Name, &start, &format!("   {what}{model_type}"));
    let labels =
        kind.members.iter().map(|member| member.label.as_str().chars().count()).max().unwrap_or_default();
    let are_alike = kind.members.windows(2).all(|pair| is_alike(&pair[0], &pair[1]));
    for member in &kind.members {
        let asleep = if member.runs { "" } else { "   (the target stage does not need it)" };
        page.line(&format!(
            "    {:<labels$}   {}{asleep}",
            member.label.as_str(),
            member.url.as_deref().unwrap_or_default()
        ));
        if !are_alike {
            print_member(page, kind.variant, member);
        }
    }
    if let (true, Some(member)) = (are_alike, kind.members.first()) {
        print_member(page, kind.variant, member);
    }
}

/// Whether two members differ only in their label and their model.
fn is_alike(a: &Member, b: &Member) -> bool {
    let names = |member: &Member| member.needs.iter().map(|need| need.name.clone()).collect::<Vec<_>>();
    (a.files == b.files) && (names(a) == names(b)) && (a.no_longer == b.no_longer)
}

fn print_member(page: &mut Page, variant: Variant, member: &Member) {
    if let Some(directory) = &member.directory {
        let has_vocabulary = member.files.iter().any(|file| file.starts_with("vocab."));
        let vocabulary = if has_vocabulary { ", the vocabulary among them" } else { "" };
        page.line(&format!(
            "      gets       {} in {directory}{vocabulary}",
            count(member.files.len(), "file")
        ));
    }
    match member.needs.is_empty() {
        true => page.line("      needs      nothing"),
        false => {
            let names: Vec<&str> = member.needs.iter().map(|need| &*need.name).collect();
            page.list("      needs      ", &names);
        }
    }
    if !member.no_longer.is_empty() {
        page.list("      no longer  ", &member.no_longer);
    }
    match variant {
        Variant::FromScratch => {}
        Variant::DownloadOnly => {
            page.line("      runs       no training: what was downloaded is published as it is")
        }
        Variant::Continue | Variant::Init => {
            if let Some(command) = &member.command {
                page.sentence("      runs       ", command);
            }
        }
    }
}

/// Describes the start of a training.
pub(crate) fn words(variant: Variant) -> &'static str {
    match variant {
        Variant::FromScratch => "from scratch",
        Variant::DownloadOnly => "download only",
        Variant::Continue => "continue",
        Variant::Init => "init",
    }
}
