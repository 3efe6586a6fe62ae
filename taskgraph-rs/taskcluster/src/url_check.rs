//! Asks whether urls exist: one HEAD request each, side by side; and, if asked to, how the files begin. It never
//! fetches a whole file.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::time::Duration;

use anyhow::Result;
use futures_util::stream::{self, StreamExt as _};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use tokio::runtime::Runtime;

use crate::connection::{HOPS, explain};
use taskgraph::known_urls::{Answer, Question, Urls};
use taskgraph_compat::redact::redact;

/// Number of concurrent requests: more would only wait for each other.
const SIDE_BY_SIDE: usize = 16;

/// Statuses below 500 that say nothing of the file: the server timed out, or has too much to do.
const PASSING: [u16; 2] = [408, 429];

/// Limits of time and of attempts.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Time limit of one request, redirects included.
    pub timeout: Duration,
    /// Number of attempts at a url that answers with a status that may pass, or not at all.
    pub attempts: u32,
    /// Pause before the second attempt; it doubles with each one.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { timeout: Duration::from_secs(10), attempts: 3, pause: Duration::from_millis(300) }
    }
}

/// Length of the start of a file that reveals its type, in bytes.
const START: usize = 1024;

/// Questions about files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Whether they are there.
    There,
    /// The first bytes as well.
    Start,
}

/// Facts about a remote file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whether it is there.
    pub answer: Answer,
    /// Size in bytes.
    pub bytes: Option<u64>,
    /// A hash of its content, with the sort of the hash before a colon: `md5:…`, `crc32c:…`, `etag:…`.
    pub content: Option<String>,
    /// Content type, as the server has it: `text/html`.
    pub content_type: Option<String>,
    /// Its first bytes, if they were asked for and came.
    pub start: Option<Vec<u8>>,
}

impl Head {
    /// Whether the server says that it is a page for people.
    pub fn is_page(&self) -> bool {
        self.content_type.as_deref().is_some_and(|sort| sort.starts_with("text/html"))
    }
}

impl From<Answer> for Head {
    fn from(answer: Answer) -> Self {
        Head { answer, bytes: None, content: None, content_type: None, start: None }
    }
}

/// Asks all of `questions`. Redirects are followed; a status below 400 means that the url is there. `report` gets how many
/// of how many urls are answered, first that none is.
pub fn probe(questions: &[Question], patience: Patience, report: &dyn Fn(usize, usize)) -> Urls {
    let urls = questions.iter().map(|question| question.url.clone()).collect();
    let heads = heads(&urls, Ask::There, patience, report);
    Urls::Probed(heads.into_iter().map(|(url, head)| (url, head.answer)).collect())
}

/// Returns the facts about all `urls`, requested as in [`probe`].
pub fn heads(
    urls: &BTreeSet<String>,
    wanted: Ask,
    patience: Patience,
    report: &dyn Fn(usize, usize),
) -> BTreeMap<String, Head> {
    if urls.is_empty() {
        return BTreeMap::new();
    }
    let all = urls.len();
    let (client, runtime) = match set_up(patience) {
        Ok(made) => made,
        Err(error) => {
            let failed = Head::from(Answer::Failed(format!("{error:#}")));
            return urls.iter().map(|url| (url.clone(), failed.clone())).collect();
        }
    };
    report(0, all);
    let answers = stream::iter(urls).map(async |url| {
        let mut head = ask(&client, url, patience).await;
        if wanted == Ask::Start && head.answer == Answer::Found {
            begin(&client, url, &mut head).await;
        }
        (url.clone(), head)
    });
    let answers = answers.buffer_unordered(SIDE_BY_SIDE).enumerate().map(|(before, answer)| {
        report(before + 1, all);
        answer
    });
    let heads = runtime.block_on(answers.collect());
    // A look-up of a host that takes longer than its request is not waited for.
    runtime.shutdown_background();
    heads
}

/// The client, and what it runs on.
fn set_up(patience: Patience) -> Result<(Client, Runtime)> {
    let client = Client::builder()
        .user_agent("taskgraph-rs")
        .referer(false)
        // A length is that of the file as it is stored, not as it is packed on its way.
        .gzip(false)
        .redirect(Policy::limited(HOPS))
        .timeout(patience.timeout)
        .build()
        .map_err(|error| explain(error.into()))?;
    Ok((client, tokio::runtime::Builder::new_current_thread().enable_all().build()?))
}

async fn ask(client: &Client, url: &str, patience: Patience) -> Head {
    let attempts = patience.attempts.max(1);
    let mut pause = patience.pause;
    let mut why = String::new();
    for attempt in 1..=attempts {
        why = match client.head(url).send().await {
            Ok(response) => match response.status().as_u16() {
                status if status < 300 => return found(response.headers()),
                // A redirect without a location, or to one that is not a url: the others are followed.
                status if status < 400 => {
                    return Answer::Failed(format!("status {status}, which leads nowhere")).into();
                }
                status if status < 500 && !PASSING.contains(&status) => {
                    return Answer::Missing(Some(status)).into();
                }
                status => format!("status {status}"),
            },
            Err(error) if error.is_timeout() => format!("no answer within {:?}", patience.timeout),
            // Asked again, it would lead the same way.
            Err(error) if error.is_redirect() || error.is_builder() => {
                return Answer::Failed(cause(error)).into();
            }
            Err(error) => cause(error),
        };
        if attempt < attempts {
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }
    let times = if attempts == 1 { "once".into() } else { format!("{attempts} times") };
    Answer::Failed(format!("{why} (asked {times})")).into()
}

/// Reads the facts about an existing file from the headers of an answer.
fn found(headers: &HeaderMap) -> Head {
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let bytes = header("content-length").and_then(|length| length.parse().ok());
    let hashes: Vec<&str> =
        headers.get_all("x-goog-hash").iter().filter_map(|value| value.to_str().ok()).collect();
    let content = content(&hashes, header("etag"));
    let content_type = header("content-type").map(str::to_lowercase);
    Head { answer: Answer::Found, bytes, content, content_type, start: None }
}

/// The innermost cause of an error, which does not repeat the url.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    redact(&cause.to_string())
}

/// Asks for the first bytes of a file that is there. Without an answer, the facts of the head remain.
async fn begin(client: &Client, url: &str, head: &mut Head) {
    let range = format!("bytes=0-{}", START - 1);
    let request = client.get(url).header("range", &range).header("accept-encoding", "identity");
    let Ok(response) = request.send().await else { return };
    match response.status().as_u16() {
        200 | 206 => head.start = start(response).await.ok(),
        // A file of no bytes has no range.
        416 => head.start = Some(Vec::new()),
        status @ (401 | 403 | 404 | 410) => head.answer = Answer::Missing(Some(status)),
        _ => {}
    }
}

/// The first bytes of an answer. Not every server knows ranges; the rest is not read.
async fn start(mut response: Response) -> reqwest::Result<Vec<u8>> {
    let mut start = Vec::new();
    while start.len() < START
        && let Some(chunk) = response.chunk().await?
    {
        start.extend_from_slice(&chunk);
    }
    start.truncate(START);
    Ok(start)
}

/// The best hash that headers have: Google's `x-goog-hash: crc32c=…,md5=…`, else a strong etag.
fn content(hashes: &[&str], etag: Option<&str>) -> Option<String> {
    let hashes = || hashes.iter().flat_map(|line| line.split(',')).map(str::trim);
    let of = |sort: &str| {
        hashes()
            .find_map(|hash| hash.strip_prefix(sort)?.strip_prefix('='))
            .map(|hash| format!("{sort}:{hash}"))
    };
    let strong = || etag.filter(|etag| !etag.starts_with("W/")).map(|etag| format!("etag:{etag}"));
    of("md5").or_else(|| of("crc32c")).or_else(strong)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    /// A server that answers `/NUMBER` with that status, `/later` with 503 once and then with 200, and `/never` not
    /// at all.
    fn serve() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let home = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            let later = AtomicUsize::new(0);
            let mut open = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().unwrap().unwrap();
                lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
                assert!(first.starts_with("HEAD "), "{first}");
                let status = match first.split(' ').nth(1).unwrap() {
                    "/never" => {
                        open.push(stream);
                        continue;
                    }
                    "/later" if later.fetch_add(1, Ordering::Relaxed) == 0 => "503",
                    "/later" => "200",
                    path => path.trim_start_matches('/'),
                };
                let head = format!(
                    "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nlocation: /200\r\nconnection: close\r\n\r\n"
                );
                stream.write_all(head.as_bytes()).unwrap();
            }
        });
        home
    }

    #[test]
    fn every_status_has_its_answer() {
        let home = serve();
        let paths = ["200", "302", "404", "403", "later", "429", "503", "never"];
        let questions = paths.map(|path| Question { url: format!("{home}/{path}"), path: "a.b".into() });
        let patience =
            Patience { timeout: Duration::from_millis(300), attempts: 2, pause: Duration::from_millis(1) };
        let reported = Mutex::new(Vec::new());
        let urls = probe(&questions, patience, &|done, all| reported.lock().unwrap().push((done, all)));
        assert_eq!(reported.into_inner().unwrap(), (0..=8).map(|done| (done, 8)).collect::<Vec<_>>());
        let answer = |path: &str| urls.answer(&format!("{home}/{path}"));
        assert_eq!(answer("200"), Answer::Found);
        assert_eq!(answer("302"), Answer::Found);
        assert_eq!(answer("404"), Answer::Missing(Some(404)));
        assert_eq!(answer("403"), Answer::Missing(Some(403)));
        assert_eq!(answer("later"), Answer::Found);
        assert_eq!(answer("429"), Answer::Failed("status 429 (asked 2 times)".into()));
        assert_eq!(answer("503"), Answer::Failed("status 503 (asked 2 times)".into()));
        assert_eq!(answer("never"), Answer::Failed("no answer within 300ms (asked 2 times)".into()));
    }

    #[test]
    fn a_host_that_is_not_there_is_no_missing_file() {
        let question = Question { url: "http://127.0.0.1:1/x".into(), path: "a".into() };
        let patience = Patience { attempts: 1, ..Patience::default() };
        let Answer::Failed(why) =
            probe(std::slice::from_ref(&question), patience, &|_, _| ()).answer(&question.url)
        else {
            panic!("it failed");
        };
        assert!(why.contains("(asked once)"), "{why}");
    }

    #[test]
    fn without_questions_nothing_is_asked() {
        assert!(
            matches!(probe(&[], Patience::default(), &|_, _| panic!()), Urls::Probed(answers) if answers.is_empty())
        );
    }

    #[test]
    fn the_best_hash_of_a_content_is_taken() {
        let goog = ["crc32c=n03x6A==", "md5=Ojk9c3dhfxgoKVVHYwFbHQ=="];
        assert_eq!(content(&goog, Some("\"x\"")).unwrap(), "md5:Ojk9c3dhfxgoKVVHYwFbHQ==");
        assert_eq!(content(&["crc32c=a==, md5=b=="], None).unwrap(), "md5:b==");
        assert_eq!(content(&goog[..1], None).unwrap(), "crc32c:n03x6A==");
        assert_eq!(content(&[], Some("\"x\"")).unwrap(), "etag:\"x\"");
        assert_eq!(content(&[], Some("W/\"x\"")), None);
    }
}
