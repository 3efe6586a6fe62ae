//! A server that answers as a test says, and keeps what it was asked.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// Number of bytes that may be on their way when the other side stops listening: the buffers of the system.
pub(crate) const ON_ITS_WAY: u64 = 64 << 20;

/// Size of a piece of an endless answer.
const BLOCK: usize = 64 << 10;

/// Receiver of an answer.
pub(crate) struct Out<'s> {
    stream: TcpStream,
    sent: &'s AtomicU64,
}

impl Out<'_> {
    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())?;
        self.sent.fetch_add(bytes.as_ref().len() as u64, Ordering::SeqCst);
        Ok(())
    }

    /// An answer with these headers, and a content that is as long as it says.
    pub(crate) fn answer(&mut self, status: u16, headers: &str, content: impl AsRef<[u8]>) -> io::Result<()> {
        let length = content.as_ref().len();
        self.send(format!(
            "HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n"
        ))?;
        self.send(content)
    }

    /// An answer that leads elsewhere.
    pub(crate) fn redirect(&mut self, to: &str) -> io::Result<()> {
        self.answer(302, &format!("location: {to}\r\n"), "")
    }

    /// Sends the same byte until nobody listens any more.
    pub(crate) fn endless(&mut self, byte: u8) -> io::Result<()> {
        loop {
            self.send([byte; BLOCK])?;
        }
    }

    /// Nothing more comes, and the connection stays open until the other side goes.
    pub(crate) fn stall(&mut self) -> io::Result<()> {
        self.stream.read_to_end(&mut Vec::new()).map(drop)
    }
}

/// A server of its own. It listens until the test ends.
pub(crate) struct Server {
    /// `http://127.0.0.1:PORT`.
    pub home: String,
    asked: Arc<Mutex<Vec<String>>>,
    sent: Arc<AtomicU64>,
}

impl Server {
    /// Starts one. Each request has a connection of its own, which ends with the answer.
    pub(crate) fn start(
        answer: impl Fn(&str, &mut Out<'_>) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let home = format!("http://{}", listener.local_addr().unwrap());
        let (asked, sent) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicU64::new(0)));
        let (notes, count, answer) = (asked.clone(), sent.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (notes, count, answer) = (notes.clone(), count.clone(), answer.clone());
                thread::spawn(move || {
                    let Some(head) = head(&stream) else { return };
                    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    notes.lock().unwrap().push(head);
                    // That nobody listens any more is what some tests are about.
                    let _ = answer(&path, &mut Out { stream, sent: &count });
                });
            }
        });
        Server { home, asked, sent }
    }

    /// The heads of all requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Returns the number of bytes that were sent.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }
}

/// The head of a request; what comes with it is taken and dropped.
fn head(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let lower = head.to_lowercase();
    let length = lower.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
    let mut content = vec![0; length.and_then(|length| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut content).ok()?;
    Some(head)
}
