//! Asks whether urls are there: a HEAD request each, all of them at once; and, if asked to, how files begin. With `submit`, the only room with a network.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use taskgraph::known_urls::{Answer, Question, Urls};
use taskgraph_compat::redact::redact;

/// More would only wait for each other.
const MOST_THREADS: usize = 16;

/// Statuses below 500 that say nothing of the file: the server timed out, or has too much to do.
const PASSING: [u16; 2] = [408, 429];

/// How patient to be.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long one request may take, redirects included.
    pub timeout: Duration,
    /// How often a url is asked that answers with a status that may pass, or not at all.
    pub attempts: u32,
    /// How long to wait before the second attempt; it doubles with each one.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { timeout: Duration::from_secs(10), attempts: 3, pause: Duration::from_millis(300) }
    }
}

/// How much of a file tells what it is, in bytes.
const START: u64 = 1024;

/// What is asked of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Whether they are there.
    There,
    /// How they begin, besides.
    Start,
}

/// What is known of a file from afar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whether it is there.
    pub answer: Answer,
    /// How large it is.
    pub bytes: Option<u64>,
    /// A hash of its content, with the sort of the hash before a colon: `md5:…`, `crc32c:…`, `etag:…`.
    pub content: Option<String>,
    /// What the server says it is: `text/html`.
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

/// Asks all of `questions`. Redirects are followed; a status below 400 means that the url is there. `tell` hears how many
/// of how many urls are answered, first that none is.
pub fn probe(questions: &[Question], patience: Patience, tell: &(dyn Fn(usize, usize) + Sync)) -> Urls {
    let urls = questions.iter().map(|question| question.url.clone()).collect();
    let heads = heads(&urls, Ask::There, patience, tell);
    Urls::Probed(heads.into_iter().map(|(url, head)| (url, head.answer)).collect())
}

/// What is to be known of all `urls`, asked as [`probe`] asks.
pub fn heads(
    urls: &BTreeSet<String>,
    wanted: Ask,
    patience: Patience,
    tell: &(dyn Fn(usize, usize) + Sync),
) -> BTreeMap<String, Head> {
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(patience.timeout))
        .http_status_as_error(false)
        .user_agent("taskgraph-rs");
    let agent: ureq::Agent = config.build().into();
    let next = AtomicUsize::new(0);
    let heads = Mutex::new(BTreeMap::new());
    if !urls.is_empty() {
        tell(0, urls.len());
    }
    thread::scope(|scope| {
        for _ in 0..urls.len().min(MOST_THREADS) {
            scope.spawn(|| {
                while let Some(url) = urls.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut head = ask(&agent, url, patience);
                    if wanted == Ask::Start && head.answer == Answer::Found {
                        begin(&agent, url, &mut head);
                    }
                    let mut heads = heads.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    heads.insert((*url).to_owned(), head);
                    tell(heads.len(), urls.len());
                }
            });
        }
    });
    heads.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn ask(agent: &ureq::Agent, url: &str, patience: Patience) -> Head {
    let attempts = patience.attempts.max(1);
    let mut pause = patience.pause;
    let mut why = String::new();
    for attempt in 1..=attempts {
        why = match agent.head(url).call() {
            Ok(response) => match response.status().as_u16() {
                status if status < 400 => {
                    let header = |name: &str| response.headers().get(name).and_then(|it| it.to_str().ok());
                    let bytes = header("content-length").and_then(|length| length.parse().ok());
                    let hashes: Vec<&str> = response
                        .headers()
                        .get_all("x-goog-hash")
                        .iter()
                        .filter_map(|value| value.to_str().ok())
                        .collect();
                    let content = content(&hashes, header("etag"));
                    let content_type = header("content-type").map(str::to_lowercase);
                    return Head { answer: Answer::Found, bytes, content, content_type, start: None };
                }
                status if status < 500 && !PASSING.contains(&status) => {
                    return Answer::Missing(Some(status)).into();
                }
                status => format!("status {status}"),
            },
            Err(ureq::Error::Timeout(_)) => format!("no answer within {:?}", patience.timeout),
            // Asked again, it would lead the same way.
            Err(error @ (ureq::Error::TooManyRedirects | ureq::Error::BadUri(_))) => {
                return Answer::Failed(redact(&error.to_string())).into();
            }
            Err(error) => redact(&error.to_string()),
        };
        if attempt < attempts {
            thread::sleep(pause);
            pause *= 2;
        }
    }
    let times = if attempts == 1 { "once".into() } else { format!("{attempts} times") };
    Answer::Failed(format!("{why} (asked {times})")).into()
}

/// Asks for the first bytes of a file that is there. A server that has no answer leaves it at what the head told.
fn begin(agent: &ureq::Agent, url: &str, head: &mut Head) {
    let range = format!("bytes=0-{}", START - 1);
    let request = agent.get(url).header("range", &range).header("accept-encoding", "identity");
    let Ok(mut response) = request.call() else { return };
    match response.status().as_u16() {
        200 | 206 => {
            let mut start = Vec::new();
            // Not every server knows ranges; the rest is not read.
            if response.body_mut().as_reader().take(START).read_to_end(&mut start).is_ok() {
                head.start = Some(start);
            }
        }
        // A file of no bytes has no range.
        416 => head.start = Some(Vec::new()),
        status @ (401 | 403 | 404 | 410) => head.answer = Answer::Missing(Some(status)),
        _ => {}
    }
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
        let told = Mutex::new(Vec::new());
        let urls = probe(&questions, patience, &|done, all| told.lock().unwrap().push((done, all)));
        assert_eq!(told.into_inner().unwrap(), (0..=8).map(|done| (done, 8)).collect::<Vec<_>>());
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
