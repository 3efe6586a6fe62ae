//! Checks of urls that somebody else has chosen: by their heads alone, in bounded time.

use std::collections::BTreeSet;
use std::time::Duration;

use taskgraph::known_urls::Answer;
use taskgraph_taskcluster::url_check::{Ask, Patience, heads};

use crate::folder::{Folder, SECRET};
use crate::server::{ON_ITS_WAY, Server};

/// Returns the answer to a HEAD request for a url.
pub(crate) fn probed(url: &str, patience: Patience) -> Answer {
    let urls = BTreeSet::from([url.to_owned()]);
    heads(&urls, Ask::Start, patience, &|_, _| ()).remove(url).unwrap().answer
}

#[test]
fn a_probe_is_not_held_up() {
    let patience =
        Patience { timeout: Duration::from_millis(300), attempts: 2, pause: Duration::from_millis(1) };
    let failed = |server: &Server| match probed(&server.home, patience) {
        Answer::Failed(why) => why,
        other => panic!("{other:?}"),
    };
    let ring = Server::start(|_, out| out.redirect("/again"));
    assert_eq!(failed(&ring), "too many redirects");
    assert_eq!(ring.asked().len(), 11);
    let silent = Server::start(|_, out| out.stall());
    assert_eq!(failed(&silent), "no answer within 300ms (asked 2 times)");
    let cut = Server::start(|_, out| out.send("HTTP/1.1 20"));
    assert!(failed(&cut).contains("(asked 2 times)"));
    let endless = Server::start(|_, out| {
        out.send("HTTP/1.1 200 x\r\nx: ")?;
        out.endless(b'x')
    });
    assert!(failed(&endless).contains("(asked 2 times)"));
    assert!(endless.sent() < ON_ITS_WAY, "{}", endless.sent());
    // What comes with a head is not read.
    let long = Server::start(|_, out| {
        out.send("HTTP/1.1 200 x\r\ncontent-length: 2147483648\r\n\r\n")?;
        out.endless(b'x')
    });
    assert_eq!(probed(&long.home, patience), Answer::Found);
    assert!(long.sent() < ON_ITS_WAY, "{}", long.sent());
}

#[test]
fn sizes_that_no_disk_has_are_added_up() {
    let server = Server::start(|_, out| {
        out.send(format!("HTTP/1.1 200 x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", u64::MAX))
    });
    let folder = Folder::empty();
    let example = include_str!("../../docs/examples/pretrained-ru-en.yml");
    let own = server.home.replace("//", &format!("//user:{SECRET}@"));
    folder.file("c.yml", example.replace("https://models.example.org", &own));
    let outcome = folder.call(&["config", "check", "c.yml", "--urls"]);
    assert!((0..=2).contains(&outcome.status), "{}", outcome.err);
    assert!(outcome.out.contains(" GB"), "{}", outcome.out);
}
