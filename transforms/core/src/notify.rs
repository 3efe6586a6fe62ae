//! `taskgraph.transforms.notify`: routes by which Taskcluster notifies people of the outcome of a task, and the messages.
//!
//! ```yaml
//! notify:
//!     recipients:
//!         - {type: email, address: {by-level: {"3": a@example.org, default: b@example.org}}, status-type: on-failed}
//!         - {type: matrix-room, room-id: "!room:example.org"}
//!     content:
//!         email: {subject: "{task[name]} of {config[params][project]} failed"}
//!         matrix: {formatted-body: "<b>{task[name]}</b>"}
//! ```
//!
//! All text is filled in: `task` is the task, `config` has `kind`, `path`, `params` and `graph_config`. The older section
//! `notifications` has `emails`, `subject`, `message` and `status-types`.

use crate::section;
use anyhow::Result;
use taskgraph::keyed_by::evaluate;
use taskgraph::schema::fields::{Fields, missing, within, wrong};
use taskgraph::schema::{Field, STRINGS, Schema, optional, required};
use taskgraph::transform::substitute::{Missing, fill};
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, each};
use taskgraph_compat::map;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

const STATUS: Schema = Schema::Word(&[
    "on-completed",
    "on-defined",
    "on-exception",
    "on-failed",
    "on-pending",
    "on-resolved",
    "on-running",
]);
const STATUS_TYPE: Field = optional("status-type", STATUS);
const TYPE: Field = required("type", Schema::Str);
const BY: &[&str] = &["project", "level"];

/// The types of recipients: the key whose value goes into the route, and its schema.
pub(super) const RECIPIENTS: &[(&str, &str, Schema)] = &[
    ("email", "address", open(&[TYPE, required("address", Schema::KeyedBy(BY, &Schema::Str)), STATUS_TYPE])),
    ("matrix-room", "room-id", open(&[TYPE, required("room-id", Schema::Str), STATUS_TYPE])),
    ("pulse", "routing-key", open(&[TYPE, required("routing-key", Schema::Str), STATUS_TYPE])),
    ("slack-channel", "channel-id", open(&[TYPE, required("channel-id", Schema::Str), STATUS_TYPE])),
];
const TYPES: &[&str] = &["email", "matrix-room", "pulse", "slack-channel"];

/// Python: voluptuous lets keys pass at every depth that it does not know.
const fn open(fields: &'static [Field]) -> Schema {
    Schema::Open(fields, &Schema::Any)
}

const EMAIL: Schema = open(&[
    optional("subject", Schema::Str),
    optional("content", Schema::Str),
    optional("link", open(&[required("text", Schema::Str), required("href", Schema::Str)])),
]);
const MATRIX: Schema = open(&[
    optional("body", Schema::Str),
    optional("formatted-body", Schema::Str),
    optional("format", Schema::Str),
    optional("msg-type", Schema::Str),
]);
const SLACK: Schema = open(&[
    optional("text", Schema::Str),
    optional("blocks", Schema::List(&Schema::Any)),
    optional("attachments", Schema::List(&Schema::Any)),
]);
const CONTENT: Schema = Schema::Open(
    &[optional("email", EMAIL), optional("matrix", MATRIX), optional("slack", SLACK)],
    &Schema::MapOf(&Schema::Any),
);

pub(super) const NOTIFY: Schema = open(&[
    required("recipients", Schema::List(&open(&[required("type", Schema::Word(TYPES))]))),
    optional("content", CONTENT),
]);

pub(super) const NOTIFICATIONS: Schema = open(&[
    required("emails", Schema::KeyedBy(BY, &STRINGS)),
    required("subject", Schema::Str),
    optional("message", Schema::Str),
    optional("status-types", Schema::List(&STATUS)),
]);

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "taskgraph.transforms.notify",
    "Adds routes by which Taskcluster notifies people about a task.",
)
.sections(&[("notify", &NOTIFY), ("notifications", &NOTIFICATIONS)]);

/// The transform.
pub(crate) fn transform() -> Transform {
    each(|ctx, description| {
        if !description.contains_key("name") {
            return Err(missing("name", "a string"));
        }
        let notify = description.take_section("notify", &NOTIFY)?;
        if let Some(notify) = &notify {
            // Recipients are looked at one by one below.
            let mut rest = notify.clone();
            rest.take("recipients");
            section::refuse_unknown(ctx, &NOTIFY, &rest.into(), &KeyPath::dotted("notify"))?;
        }
        let section = match (section::take(ctx, description, "notifications", &NOTIFICATIONS)?, notify) {
            (Some(_), Some(notify)) => {
                return Err(wrong("notify", &notify.into(), "left out beside `notifications`"));
            }
            (Some(older), None) => from_older(ctx, &older)?,
            (None, Some(notify)) => notify,
            (None, None) => return Ok(()),
        };
        description.list_at("routes")?;
        let recipients = section.get("recipients").and_then(Value::as_list).unwrap_or_default();
        for (index, recipient) in recipients.iter().enumerate() {
            let route =
                route(ctx, description, recipient, &KeyPath::dotted("notify.recipients").join(index))?;
            description.list_at("routes")?.push(route.into());
        }
        if let Some(content) = section.get("content") {
            let content = within("notify.content", filled(&names(ctx, description), content))?;
            description.map_at("extra")?.put("notify", as_taskcluster_has_it(&content));
        }
        Ok(())
    })
}

/// The older section in the words of the newer one.
fn from_older(ctx: &Context<'_>, older: &Map) -> Result<Map> {
    let emails = within("notifications.emails", chosen(ctx, &older["emails"]))?;
    let completed: Value = ["on-completed"].into_iter().collect();
    let states = older.get("status-types").unwrap_or(&completed).as_list().unwrap_or_default();
    let mut recipients = Vec::new();
    for email in emails.as_list().unwrap_or_default() {
        for state in states {
            let recipient =
                map! { "type" => "email", "address" => email.clone(), "status-type" => state.clone() };
            recipients.push(Value::from(recipient));
        }
    }
    let subject = older["subject"].clone();
    let message = older.get("message").cloned().unwrap_or_else(|| subject.clone());
    let email = map! { "subject" => subject, "content" => message };
    Ok(map! { "recipients" => recipients, "content" => map! { "email" => email } })
}

fn route(
    ctx: &Context<'_>,
    description: &TaskDescription,
    recipient: &Value,
    path: &KeyPath,
) -> Result<String> {
    let of = recipient.get("type").and_then(Value::as_str).unwrap_or_default();
    let Some((_, key, schema)) = RECIPIENTS.iter().find(|(name, ..)| *name == of) else {
        return Err(wrong(path.join("type"), &of.into(), "a type of recipient"));
    };
    schema.require(recipient, path)?;
    section::refuse_unknown(ctx, schema, recipient, path)?;
    let recipient = within(path.clone(), filled(&names(ctx, description), recipient))?;
    let whom = recipient.get(key).unwrap_or(&Value::Null);
    let whom = within(path.join(*key), chosen(ctx, whom))?;
    let status = recipient.get("status-type").and_then(Value::as_str).unwrap_or("on-completed");
    match whom.as_str() {
        Some(whom) => Ok(format!("notify.{of}.{whom}.{status}")),
        None => Err(wrong(path.join(*key), &whom, "a string")),
    }
}

/// The value for the project and the level of the parameters.
fn chosen(ctx: &Context<'_>, value: &Value) -> Result<Value> {
    evaluate(value, "a notification", |name| BY.contains(&name).then(|| ctx.params.text(name).into()))
}

/// The value with its text filled in, at every depth but in lists.
fn filled(names: &Map, value: &Value) -> Result<Value> {
    Ok(match value {
        Value::Str(text) if text.contains(['{', '}']) => fill(text, names, Missing::Fails)?.into(),
        Value::Map(map) => {
            let mut out = Map::default();
            for (key, value) in map.iter() {
                out.insert(key.clone(), filled(names, value)?);
            }
            out.into()
        }
        other => other.clone(),
    })
}

/// Values that a text may name.
fn names(ctx: &Context<'_>, description: &TaskDescription) -> Map {
    let config = map! {
        "kind" => ctx.kind.name.clone(),
        "path" => ctx.kind.path.as_str(),
        "params" => ctx.params.values().clone(),
        "graph_config" => ctx.config.values().clone(),
    };
    map! { "task" => description.fields.clone(), "config" => config }
}

/// Taskcluster has the content of an email in one piece, and everything else key by key: `matrixFormattedBody`.
fn as_taskcluster_has_it(content: &Value) -> Map {
    let mut out = Map::default();
    if let Some(email) = content.get("email") {
        out.put("email", email.clone());
    }
    let others = content.as_map().into_iter().flatten().filter(|(service, _)| &***service != "email");
    for (service, section) in others {
        for (key, value) in section.as_map().into_iter().flatten() {
            let words = key.split('-').map(|word| match word.split_at_checked(1) {
                Some((first, rest)) => first.to_uppercase() + &rest.to_lowercase(),
                None => word.to_uppercase(),
            });
            out.put(&format!("{service}{}", words.collect::<String>()), value.clone());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::{Fixture, show};

    #[test]
    fn everybody_gets_a_route_of_their_own() {
        let made = Fixture::new("{}")
            .run(
                transform(),
                "{routes: [own], notify: {recipients: [
                    {type: email, address: {by-level: {'1': 'a@b.c', default: x}}},
                    {type: matrix-room, room-id: '!{task[name]}:{config[kind]}', status-type: on-failed},
                    {type: pulse, routing-key: k}, {type: slack-channel, channel-id: c}],
                  content: {matrix: {formatted-body: '{task[routes][3]}', msg-type: m}, email: {subject: s},
                            slack: {blocks: ['{x}']}}}}",
            )
            .unwrap()
            .remove(0);
        assert_eq!(
            show(&made, "routes"),
            r#"["own", "notify.email.a@b.c.on-completed", "notify.matrix-room.!stub:it.on-failed", "notify.pulse.k.on-completed", "notify.slack-channel.c.on-completed"]"#
        );
        assert_eq!(
            show(&made, "extra.notify"),
            r#"{"email": {"subject": "s"}, "matrixFormattedBody": "notify.pulse.k.on-completed", "matrixMsgType": "m", "slackBlocks": ["{x}"]}"#
        );
    }

    #[test]
    fn the_older_section_is_read_as_well() {
        let older = "{notifications: {emails: [a, b], subject: '{task[name]}', status-types: [on-failed]}}";
        let made = Fixture::new("{}").run(transform(), older).unwrap().remove(0);
        assert_eq!(show(&made, "routes"), r#"["notify.email.a.on-failed", "notify.email.b.on-failed"]"#);
        assert_eq!(show(&made, "extra"), r#"{"notify": {"email": {"subject": "stub", "content": "stub"}}}"#);
    }

    #[test]
    fn what_is_wrong_with_a_recipient_is_reported() {
        let refused = |section: &str| Fixture::new("{}").refused(transform(), section);
        assert!(refused("{notify: {recipients: [{type: mail}]}}").contains("email"));
        assert!(refused("{notify: {recipients: [{type: email}]}}").contains("recipients[0].address"));
        assert!(
            refused("{notify: {recipients: []}, notifications: {emails: [], subject: s}}").contains("notify")
        );
    }
}
