//! Builds nodes from events: anchors, aliases and their limits.
//!
//! Invariant: no node is deeper than [`MAX_DEPTH`], aliases included, so that recursion over nodes is safe.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::Span;
use crate::value::path::Step;
use crate::yaml::error::Problem;
use crate::yaml::events::{Event, Events, Fault, Kind};
use crate::yaml::merge::{Duplicate, merge, settle};
use crate::yaml::node::{Data, Entries, Node, Pairs};
use crate::yaml::resolve;
use crate::yaml::resolve::{Collection, Scalar};
use crate::yaml::simple::{self, SimpleEvents};

/// The depth to which lists and maps may be nested.
pub const MAX_DEPTH: usize = 200;

/// The number of nodes that all aliases together may stand for.
pub const MAX_ALIASED: usize = 2_000_000;

/// Reads the one document of a text.
pub(super) fn build(text: &str) -> Result<(Node, Vec<Duplicate>), Problem> {
    let mut builder = Builder {
        text,
        events: simple::read(text).map_or_else(|| Reader::Libyaml(Events::new(text)), Reader::Simple),
        anchors: BTreeMap::new(),
        duplicates: Vec::new(),
        nodes: 0,
        aliased: 0,
    };
    let root = loop {
        match builder.head()? {
            Head::Frame => {}
            Head::StreamEnd(span) => return Ok((Node { data: Data::Null, span }, Vec::new())),
            head => break builder.body(head, 0)?.0,
        }
    };
    if let Some(span) = builder.rest()? {
        return Err(Problem::new("a second document begins here: expected only one", span));
    }
    // The paths were put together from the inside out.
    for duplicate in &mut builder.duplicates {
        duplicate.path.0.reverse();
    }
    builder.duplicates.sort_by_key(|duplicate| duplicate.again.start);
    Ok((root, builder.duplicates))
}

/// The reader of a text.
enum Reader<'t> {
    Simple(SimpleEvents<'t>),
    Libyaml(Events<'t>),
}

impl Reader<'_> {
    fn advance(&mut self) -> Result<Event<'_>, Fault> {
        match self {
            Reader::Simple(events) => Ok(events.advance()),
            Reader::Libyaml(events) => events.advance(),
        }
    }
}

struct Builder<'t> {
    text: &'t str,
    events: Reader<'t>,
    anchors: BTreeMap<Box<str>, Option<AnchoredNode>>,
    duplicates: Vec<Duplicate>,
    /// The number of nodes so far, including those that aliases stand for.
    nodes: usize,
    /// The number of nodes that aliases stand for.
    aliased: usize,
}

/// A node with an anchor, once it is complete.
struct AnchoredNode {
    node: Node,
    height: usize,
    nodes: usize,
}

/// The first event of a node, or something that is not a node.
enum Head {
    Frame,
    StreamEnd(Span),
    /// The end of the innermost list or map.
    End(Span),
    /// A scalar or an alias, and how many levels are below it.
    Leaf(Node, usize),
    /// `<<`.
    Merge(Span),
    /// `=`.
    Default(Span),
    Start(Collection, Option<Box<str>>, Span),
}

impl Builder<'_> {
    fn head(&mut self) -> Result<Head, Problem> {
        let event = self.events.advance().map_err(|fault| Problem::from_fault(fault, self.text))?;
        let span = event.span;
        let problem = |message| Problem { message, span };
        let (collection, anchor) = match event.kind {
            Kind::Frame => return Ok(Head::Frame),
            Kind::StreamEnd => return Ok(Head::StreamEnd(span)),
            Kind::End => return Ok(Head::End(span)),
            Kind::Scalar { anchor, tag, text, plain } => {
                let scalar = resolve::scalar(text, tag, plain).map_err(problem)?;
                self.nodes += 1;
                if let Some(name) = anchor {
                    let data = match &scalar {
                        Scalar::Data(data) => Some(data.clone()),
                        Scalar::Default => Some(Data::Str("=".into())),
                        Scalar::Merge => None,
                    };
                    let anchored =
                        data.map(|data| AnchoredNode { node: Node { data, span }, height: 0, nodes: 1 });
                    declare(&mut self.anchors, name, anchored, span)?;
                }
                return Ok(match scalar {
                    Scalar::Data(data) => Head::Leaf(Node { data, span }, 0),
                    Scalar::Merge => Head::Merge(span),
                    Scalar::Default => Head::Default(span),
                });
            }
            Kind::Alias { anchor } => {
                let anchored = match self.anchors.get(anchor) {
                    None => {
                        return Err(problem(format!(
                            "no anchor `&{anchor}` stands before the alias `*{anchor}`"
                        )));
                    }
                    Some(None) => {
                        return Err(problem(format!("the alias `*{anchor}` stands for what contains it")));
                    }
                    Some(Some(anchored)) => anchored,
                };
                self.nodes += anchored.nodes;
                self.aliased += anchored.nodes;
                if self.aliased > MAX_ALIASED {
                    return Err(problem(format!("the aliases stand for more than {MAX_ALIASED} values")));
                }
                return Ok(Head::Leaf(Node { data: anchored.node.data.clone(), span }, anchored.height));
            }
            Kind::ListStart { anchor, tag } => {
                (resolve::collection(tag, Collection::List).map_err(problem)?, anchor)
            }
            Kind::MapStart { anchor, tag } => {
                (resolve::collection(tag, Collection::Map).map_err(problem)?, anchor)
            }
        };
        self.nodes += 1;
        let name = anchor.map(Box::from);
        if let Some(name) = anchor {
            declare(&mut self.anchors, name, None, span)?;
        }
        Ok(Head::Start(collection, name, span))
    }

    /// Reads a node, and returns the number of levels below it.
    fn node(&mut self, depth: usize) -> Result<(Node, usize), Problem> {
        let head = self.head()?;
        self.body(head, depth)
    }

    /// Reads the rest of a node.
    fn body(&mut self, head: Head, depth: usize) -> Result<(Node, usize), Problem> {
        match head {
            Head::Leaf(node, height) => {
                check_depth(depth + height, node.span)?;
                Ok((node, height))
            }
            Head::Start(collection, anchor, span) => {
                check_depth(depth + 1, span)?;
                let before = self.nodes;
                let (node, height) = match collection {
                    Collection::List => self.list(span, depth)?,
                    Collection::Map => self.map(span, depth, Data::Map)?,
                    Collection::Set => self.map(span, depth, Data::Set)?,
                };
                if let Some(name) = anchor {
                    let anchored =
                        AnchoredNode { node: node.clone(), height, nodes: self.nodes - before + 1 };
                    self.anchors.insert(name, Some(anchored));
                }
                Ok((node, height))
            }
            Head::Merge(span) => {
                Err(Problem::new("`<<` stands for a merge and only as a key: quote it", span))
            }
            Head::Default(span) => {
                Err(Problem::new("`=` has a meaning of its own in YAML 1.1: quote it", span))
            }
            Head::Frame | Head::End(_) | Head::StreamEnd(_) => Err(Problem::new(
                "the text ends where a value should be",
                Span::at(self.text, self.text.len()),
            )),
        }
    }

    fn list(&mut self, mut span: Span, depth: usize) -> Result<(Node, usize), Problem> {
        let (mut items, mut height, mut last) = (Vec::new(), 1, span.end);
        loop {
            let known = self.duplicates.len();
            match self.head()? {
                Head::End(end) => {
                    close(&mut span, end, last);
                    return Ok((Node { data: Data::List(Arc::new(items)), span }, height));
                }
                head => {
                    let (item, below) = self.body(head, depth + 1)?;
                    self.inside(known, || items.len().into());
                    height = height.max(below + 1);
                    last = item.span.end;
                    items.push(item);
                }
            }
        }
    }

    fn map(
        &mut self,
        mut span: Span,
        depth: usize,
        data: fn(Arc<Entries>) -> Data,
    ) -> Result<(Node, usize), Problem> {
        let text = self.text;
        let (mut merged, mut own, mut height) = (Pairs::new(), Pairs::new(), 1);
        let mut last = span.end;
        loop {
            let (key, _) = match self.head()? {
                Head::End(end) => {
                    close(&mut span, end, last);
                    let entries = settle(merged, own, text, &mut self.duplicates);
                    return Ok((Node { data: data(Arc::new(entries.into())), span }, height));
                }
                Head::Merge(_) => {
                    let known = self.duplicates.len();
                    let (value, below) = self.node(depth + 1)?;
                    self.outside(known, &value);
                    height = height.max(below + 1);
                    merge(&value, &mut merged)?;
                    last = value.span.end;
                    continue;
                }
                Head::Default(span) => (Node { data: Data::Str("=".into()), span }, 0),
                head => self.body(head, depth + 1)?,
            };
            if key.data.key().is_none() {
                return Err(Problem::new(format!("{} cannot be a key", key.data.sort()), key.span));
            }
            let known = self.duplicates.len();
            let (value, below) = self.node(depth + 1)?;
            self.inside(known, || Step::Key(key.name(text)));
            height = height.max(below + 1);
            last = value.span.end;
            own.push((key, value));
        }
    }

    /// Reads what follows the document. Returns the place where a second one begins.
    fn rest(&mut self) -> Result<Option<Span>, Problem> {
        // The end of the document, then the end of the stream or the start of another document.
        self.head()?;
        let event = self.events.advance().map_err(|fault| Problem::from_fault(fault, self.text))?;
        Ok(matches!(event.kind, Kind::Frame).then_some(event.span))
    }

    /// Lets the duplicates found since `known` know that they lie behind a step.
    fn inside(&mut self, known: usize, step: impl Fn() -> Step) {
        for duplicate in &mut self.duplicates[known..] {
            duplicate.path.0.push(step());
        }
    }

    /// Takes the index of a merged map off the paths of what was found inside: it becomes part of the map around it.
    fn outside(&mut self, known: usize, merged: &Node) {
        if matches!(merged.data, Data::List(_)) {
            for duplicate in &mut self.duplicates[known..] {
                duplicate.path.0.pop();
            }
        }
    }
}

fn declare(
    anchors: &mut BTreeMap<Box<str>, Option<AnchoredNode>>,
    name: &str,
    anchored: Option<AnchoredNode>,
    span: Span,
) -> Result<(), Problem> {
    match anchors.insert(name.into(), anchored) {
        None => Ok(()),
        Some(_) => Err(Problem::new(format!("the anchor `&{name}` stands twice in the text"), span)),
    }
}

fn check_depth(depth: usize, span: Span) -> Result<(), Problem> {
    if depth > MAX_DEPTH {
        return Err(Problem::new(format!("lists and maps are nested deeper than {MAX_DEPTH} levels"), span));
    }
    Ok(())
}

/// Ends a list or map: at its bracket, or (libyaml notices the end of a block only at what follows) with its last
/// item.
fn close(span: &mut Span, end: Span, last: u32) {
    span.end = if end.end > end.start { end.end } else { last };
}

#[cfg(test)]
mod tests {
    use crate::source::Source;
    use crate::yaml::{Data, Document, read};

    fn document(text: &str) -> Document {
        read(Source::new("a.yml", text)).unwrap()
    }

    fn error(text: &str) -> String {
        read(Source::new("a.yml", text)).unwrap_err().to_string()
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        document(&nested(200));
        assert_eq!(error(&nested(201)), "a.yml:1:201: lists and maps are nested deeper than 200 levels");
        assert!(error(&"- ".repeat(100_000)).contains("deeper"));
        assert!(error(&"{a: ".repeat(100_000)).contains("deeper"));
    }

    #[test]
    fn nesting_by_aliases_has_the_same_limit() {
        let mut text = "- &a0 []\n".to_owned();
        for level in 1..300 {
            text.push_str(&format!("- &a{level} [*a{}]\n", level - 1));
        }
        assert!(error(&text).contains("deeper than 200"));
    }

    #[test]
    fn aliases_have_a_budget() {
        let mut text = "- &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let items = vec![format!("*a{}", level - 1); 9].join(", ");
            text.push_str(&format!("- &a{level} [{items}]\n"));
        }
        assert!(error(&text).contains("the aliases stand for more than 2000000 values"));
    }

    #[test]
    fn an_alias_shares_what_it_stands_for() {
        let document = document("a: &a [1]\nb: *a\n");
        let Data::Map(entries) = &document.root.data else { panic!() };
        let (Data::List(first), Data::List(second)) = (&entries[0].1.data, &entries[1].1.data) else {
            panic!()
        };
        assert!(std::sync::Arc::ptr_eq(first, second));
    }

    #[test]
    fn anchors_that_go_wrong_are_refused() {
        assert_eq!(error("a: &a [*a]\n"), "a.yml:1:8: the alias `*a` stands for what contains it");
        assert_eq!(error("a: *b\n"), "a.yml:1:4: no anchor `&b` stands before the alias `*b`");
        assert_eq!(error("- &a 1\n- &a 2\n"), "a.yml:2:3: the anchor `&a` stands twice in the text");
    }

    #[test]
    fn what_has_no_value_here_is_refused() {
        assert_eq!(error("- =\n"), "a.yml:1:3: `=` has a meaning of its own in YAML 1.1: quote it");
        assert!(error("- <<\n").contains("quote it"));
        assert_eq!(error("a: !x 1\n"), "a.yml:1:4: unknown tag `!x`");
        assert_eq!(error("a: !!int x\n"), "a.yml:1:4: `x` cannot be read as an integer");
        assert_eq!(error("? [a]\n: b\n"), "a.yml:1:3: a list cannot be a key");
        assert_eq!(error("a\n---\nb\n"), "a.yml:2:1: a second document begins here: expected only one");
        assert!(error("a: 2024-02-30\n").contains("there is no such date"));
    }
}
