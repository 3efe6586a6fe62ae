//! Answers of servers that mean harm, or are broken: the program gives up in time, says why, takes no more than it has
//! to, and tells nobody a secret.

use std::io::Write as _;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use taskgraph::Error;
use taskgraph::known_urls::Answer;
use taskgraph::optimize::index::LookupRequest;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::Map;
use taskgraph_taskcluster::{Access, CallError, Credentials, NewTask, Patience, Taskcluster, url_check};

use crate::folder::{Folder, SECRET, task};
use crate::server::{ON_ITS_WAY, Server};
use crate::url_checks::probed;

/// Largest answer that is accepted in these tests.
const MOST: usize = 1 << 20;

/// Soon tired.
const BRIEF: Patience = Patience {
    timeout: Duration::from_millis(300),
    attempts: 2,
    pause: Duration::from_millis(1),
    busy_pause: Duration::from_millis(1),
    longest_pause: Duration::from_millis(1),
    most_bytes: MOST,
    spread: false,
};

/// Waits for what is slow, but not for what never comes.
const PATIENT: Patience = Patience { timeout: Duration::from_secs(20), ..BRIEF };

fn id() -> TaskId {
    TaskId::parse("fN1SbArXTPSVFUUvaOlinQ").unwrap()
}

fn at(server: &Server, patience: Patience) -> Taskcluster {
    let access = Access { root_url: server.home.clone(), ..Access::default() };
    Taskcluster::new(access).with_patience(patience)
}

/// Every way to ask: for a file somewhere, and for what services have, in JSON.
type Ask = fn(&Taskcluster, &Server) -> Result<(), CallError>;

const FILE: Ask = |taskcluster, server| taskcluster.get_url(&format!("{}/p.yml", server.home)).map(drop);

const SERVICES: [(&str, Ask); 7] = [
    ("an artifact", |taskcluster, _| taskcluster.artifact(&id(), "public/task-graph.json").map(drop)),
    ("the index", |taskcluster, _| taskcluster.find_task("a.b").map(drop)),
    ("many of the index", |taskcluster, _| {
        let wanted = LookupRequest { index_paths: vec!["a.b".into()], tasks: Vec::new() };
        taskcluster.find(&wanted).map(drop)
    }),
    ("a list", |taskcluster, _| taskcluster.list_artifacts(&id()).map(drop)),
    ("a task", |taskcluster, _| taskcluster.definition(&id()).map(drop)),
    ("a cancellation", |taskcluster, _| taskcluster.cancel(&id()).map(drop)),
    ("a creation", |taskcluster, _| {
        let label = Label::parse(&"a".into()).unwrap();
        let new = NewTask { label, task_id: id(), definition: Map::default() };
        let created = taskcluster.create(vec![new]).map(drop);
        created.map_err(|failure| CallError::Unsent(anyhow::Error::msg(failure.why).context("createTask")))
    }),
];

fn all() -> impl Iterator<Item = (&'static str, Ask)> {
    SERVICES.into_iter().chain([("a file", FILE)])
}

/// Does the same with each of them, all at once: most of the time is waited.
fn of_each(test: impl Fn(&str, Ask) + Sync) {
    let test = &test;
    thread::scope(|scope| {
        for (name, ask) in all() {
            scope.spawn(move || test(name, ask));
        }
    });
}

/// Returns the message of a request that fails.
#[track_caller]
fn messages(ask: Ask, taskcluster: &Taskcluster, server: &Server) -> String {
    let error = Error::from(ask(taskcluster, server).unwrap_err());
    assert!(matches!(error, Error::Machine(_)), "{error:#}");
    format!("{error:#}")
}

#[test]
fn an_answer_without_end_is_left_at_what_is_taken() {
    for (name, ask) in all() {
        let server = Server::start(|_, out| {
            out.send("HTTP/1.1 200 x\r\ncontent-length: 2147483648\r\n\r\n")?;
            out.endless(b' ')
        });
        let reported = messages(ask, &at(&server, PATIENT), &server);
        assert!(reported.contains("more than the 1048576 bytes that are taken"), "{name}: {reported}");
        assert_eq!(server.asked().len(), 1, "{name} is asked once");
        assert!(server.sent() < ON_ITS_WAY, "{name}: {}", server.sent());
    }
}

#[test]
fn a_refusal_without_end_is_left_at_its_beginning() {
    for status in [404, 403, 500] {
        let server = Server::start(move |_, out| {
            out.send(format!("HTTP/1.1 {status} x\r\ncontent-length: 2147483648\r\n\r\n"))?;
            out.endless(b' ')
        });
        let reported = messages(FILE, &at(&server, PATIENT), &server);
        assert!(reported.contains("not found") || reported.contains("status"), "{reported}");
        assert!(server.sent() < 2 * ON_ITS_WAY, "{}", server.sent());
    }
}

#[test]
fn what_is_packed_counts_as_it_is_unpacked() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        packed.write_all(&[b' '; MOST]).unwrap();
    }
    let packed = packed.finish().unwrap();
    assert!(packed.len() < MOST);
    for (name, ask) in all() {
        let bomb = packed.clone();
        let server = Server::start(move |_, out| out.answer(200, "content-encoding: gzip\r\n", &bomb));
        let reported = messages(ask, &at(&server, PATIENT), &server);
        assert!(reported.contains("more than the 1048576 bytes that are taken"), "{name}: {reported}");
    }
}

#[test]
fn an_answer_that_is_no_json_is_said_to_be_none() {
    for content in ["<html>Please log in</html>", "", "[1, 2", "{\"tasks\": [{]}", "\u{feff}{}", "\0"] {
        for (name, ask) in SERVICES {
            let server = Server::start(move |_, out| out.answer(200, "", content));
            let reported = messages(ask, &at(&server, PATIENT), &server);
            assert!(
                reported.contains("cannot be read") && reported.contains("(asked 2 times)"),
                "{name}: {reported}"
            );
        }
    }
}

#[test]
fn an_answer_that_lies_about_its_length_is_not_taken() {
    for (name, ask) in all() {
        let longer = Server::start(|_, out| out.send("HTTP/1.1 200 x\r\ncontent-length: 1000\r\n\r\n{}"));
        let why = messages(ask, &at(&longer, PATIENT), &longer);
        assert!(why.contains("(asked 2 times)"), "{name}: {why}");
    }
    for (name, ask) in SERVICES {
        let shorter =
            Server::start(|_, out| out.send("HTTP/1.1 200 x\r\ncontent-length: 3\r\n\r\n{\"a\": 1}"));
        let why = messages(ask, &at(&shorter, PATIENT), &shorter);
        assert!(why.contains("cannot be read"), "{name}: {why}");
    }
}

#[test]
fn a_length_that_is_none_and_a_head_that_is_none_are_refused() {
    for head in [
        "HTTP/1.1 200 x\r\ncontent-length: 99999999999999999999999\r\n\r\n{}",
        "HTTP/1.1 200 x\r\ncontent-length: -1\r\n\r\n{}",
        "HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffffff\r\n{}",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\0\0\0\0",
    ] {
        let server = Server::start(move |_, out| out.send(head));
        for (name, ask) in all() {
            let why = messages(ask, &at(&server, PATIENT), &server);
            assert!(why.contains("(asked 2 times)"), "{name}: {head:?}: {why}");
        }
        let patience =
            url_check::Patience { pause: Duration::from_millis(1), ..url_check::Patience::default() };
        let answer = probed(&server.home, patience);
        assert!(matches!(answer, Answer::Failed(_) | Answer::Found), "{head:?}: {answer:?}");
    }
}

#[test]
fn an_answer_that_stalls_is_not_waited_for() {
    for beginning in ["", "HTTP/1.1 200 x\r\n", "HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n{"] {
        of_each(|name, ask| {
            let server = Server::start(move |_, out| {
                out.send(beginning)?;
                out.stall()
            });
            let why = messages(ask, &at(&server, BRIEF), &server);
            assert!(why.contains("timed out") && why.contains("(asked 2 times)"), "{name}: {why}");
            assert_eq!(server.asked().len(), 2, "{name}");
        });
    }
}

#[test]
fn an_answer_that_trickles_is_not_waited_for() {
    let patience = Patience { timeout: Duration::from_millis(50), ..BRIEF };
    of_each(|name, ask| {
        let server = Server::start(|_, out| {
            out.send("HTTP/1.1 200 x\r\ncontent-length: 1000000\r\n\r\n")?;
            loop {
                out.send(" ")?;
                thread::sleep(Duration::from_millis(5));
            }
        });
        let why = messages(ask, &at(&server, patience), &server);
        assert!(why.contains("timed out"), "{name}: {why}");
    });
}

#[test]
fn a_list_that_comes_to_no_end_is_left() {
    let cycle =
        Server::start(|_, out| out.answer(200, "", r#"{"artifacts": [], "continuationToken": "again"}"#));
    let why = messages(SERVICES[3].1, &at(&cycle, PATIENT), &cycle);
    assert!(why.contains("the list comes to no end"), "{why}");
    assert_eq!(cycle.asked().len(), 2);
    // Another token each time, and much to read.
    let long = Server::start(|path, out| {
        let space = " ".repeat(MOST / 4);
        let token = if path.contains("=a") { "b" } else { "a" };
        out.answer(200, "", format!("{space}{{\"artifacts\": [], \"continuationToken\": \"{token}\"}}"))
    });
    let why = messages(SERVICES[3].1, &at(&long, PATIENT), &long);
    assert!(why.contains("the list comes to no end"), "{why}");
    assert!(long.asked().len() <= 5, "{}", long.asked().len());
}

#[test]
fn redirects_in_a_ring_are_left() {
    let server =
        Server::start(|path, out| out.redirect(if path == "/p.yml" { "/other.yml" } else { "/p.yml" }));
    let why = messages(FILE, &at(&server, PATIENT), &server);
    assert!(why.contains("redirected more than 10 times"), "{why}");
    assert_eq!(server.asked().len(), 11, "each is asked once");
}

#[test]
fn redirects_to_anything_but_the_web_are_not_followed() {
    let places =
        ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,x", "gopher://127.0.0.1/", "//["];
    for to in places {
        let server = Server::start(move |_, out| out.redirect(to));
        let why = messages(FILE, &at(&server, PATIENT), &server);
        assert!(!why.contains("root:"), "{why}");
        assert_eq!(server.asked().len(), 1, "{to}: {why}");
        let patience =
            url_check::Patience { pause: Duration::from_millis(1), ..url_check::Patience::default() };
        let answer = probed(&server.home, patience);
        assert!(matches!(answer, Answer::Failed(_)), "{to}: {answer:?}");
    }
}

/// Whether anything in a request could be a secret.
#[track_caller]
fn is_clean(head: &str) {
    let lower = head.to_lowercase();
    for word in ["authorization", "bewit", "referer", "cookie", SECRET, "t0ken", "dXNlcj"] {
        assert!(!lower.contains(&word.to_lowercase()), "`{word}` in\n{head}");
    }
}

#[test]
fn credentials_are_not_sent_to_where_a_redirect_leads() {
    let there = Server::start(|_, out| out.answer(200, "", "{}"));
    let home = there.home.clone();
    let server = Server::start(move |_, out| out.redirect(&home));
    let credentials =
        Some(Credentials { client_id: "me".into(), access_token: "t0ken".into(), certificate: None });
    let access = Access { root_url: server.home.clone(), credentials, ..Access::default() };
    let signed = Taskcluster::new(access).with_patience(PATIENT);
    assert_eq!(signed.artifact(&id(), "private/x.json").unwrap().as_deref(), Some(&b"{}"[..]));
    assert!(server.asked()[0].contains("bewit"), "the services do get a signature");
    let own = server.home.replace("//", &format!("//user:{SECRET}@"));
    assert_eq!(signed.get_url(&format!("{own}/p.yml")).unwrap(), b"{}");
    let patience = url_check::Patience::default();
    assert_eq!(probed(&own, patience), Answer::Found);
    let asked = there.asked();
    assert_eq!(asked.len(), 4);
    asked.iter().for_each(|head| is_clean(head));
}

const ODD: &str = r#"{"code": "x", "message": "no\u001b[31m\u202e http://user:s3cret@there \u0007"}"#;

#[test]
fn whatever_goes_wrong_with_parameters_from_elsewhere_is_the_fault_of_the_machine() {
    let folder = Folder::tasks(&[], &task("one", ""));
    let server = Server::start(|path, out| match path {
        "/ring.yml" => out.redirect("/ring.yml"),
        "/file.yml" => out.redirect("file:///etc/passwd"),
        "/refused.yml" => out.answer(403, "", ODD),
        _ => out.answer(418, "", "short and stout"),
    });
    let own = server.home.replace("//", &format!("//user:{SECRET}@"));
    for (file, word) in [
        ("ring.yml", "redirected more than 10 times"),
        ("file.yml", "leads nowhere that is followed"),
        ("refused.yml", "status 403"),
        ("other.yml", "status 418"),
    ] {
        let url = format!("{own}/{file}");
        let outcome = folder.call(&["full", "-J", "-o", "out.json", "-p", &url]);
        assert_eq!((outcome.status, &*outcome.out), (3, ""), "{file}: {}", outcome.err);
        assert!(outcome.err.contains(word), "{file}: {}", outcome.err);
    }
}

#[test]
fn whatever_goes_wrong_with_taskcluster_is_the_fault_of_the_machine() {
    let folder = Folder::tasks(&[], &task("one", ""));
    let elsewhere = Server::start(|_, out| out.answer(403, "", ODD));
    let (there, home) = (elsewhere.home.clone(), format!("task-id={}", id()));
    let server = Server::start(move |_, out| out.redirect(&there));
    for token in [SECRET, "", "\u{1b}[31m"] {
        let environment = [
            ("TASKCLUSTER_ROOT_URL", server.home.as_str()),
            ("TASKCLUSTER_CLIENT_ID", "me"),
            ("TASKCLUSTER_ACCESS_TOKEN", token),
            ("TASKCLUSTER_CERTIFICATE", SECRET),
        ];
        let outcome = folder.call_with(&environment, Stdio::piped(), &["full", "-J", "-p", &home]);
        // Credentials that make no sense are refused.
        assert!([2, 3].contains(&outcome.status), "{}", outcome.err);
        assert!(elsewhere.asked().is_empty());
    }
    let environment = [
        ("TASKCLUSTER_ROOT_URL", server.home.as_str()),
        ("TASKCLUSTER_CLIENT_ID", "me"),
        ("TASKCLUSTER_ACCESS_TOKEN", SECRET),
    ];
    let outcome = folder.call_with(&environment, Stdio::piped(), &["full", "-J", "-p", &home]);
    assert_eq!(outcome.status, 3, "{}", outcome.err);
    assert!(outcome.err.contains("status 403"), "{}", outcome.err);
    elsewhere.asked().iter().for_each(|head| is_clean(head));
}

#[test]
fn a_failure_is_reported_in_bounded_space() {
    let long = format!("{{\"message\": \"{}\"}}", "no ".repeat(1_000_000));
    for status in [400, 404, 409] {
        let long = long.clone();
        let server = Server::start(move |_, out| out.answer(status, "", &long));
        for (name, ask) in all() {
            if let Err(error) = ask(&at(&server, PATIENT), &server) {
                assert!(error.failure().is_none_or(|it| it.to_string().len() < 5_000), "{name}");
                assert!(error.to_string().len() < 20_000, "{name}");
            }
        }
    }
}
