//! Connections: each has a thread, and stays open for one request after the other.

use std::io::{BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::answer::Answer;
use super::faults::Fault;
use super::request::{Entry, Request};

/// Handler of requests.
pub(super) trait Service: Send + Sync + 'static {
    /// Returns the fault of the answer to a request, if there is one. Called first.
    fn fault(&self, request: &Request) -> Option<Fault>;

    /// The answer. What it asks for is done.
    fn answer(&self, request: &Request) -> Answer;

    /// That the answer is on its way, or never will be.
    fn done(&self, request: &Request, status: Option<u16>);
}

/// A port that is listened to. Ends with this value.
pub(super) struct Listening {
    pub address: SocketAddr,
    is_over: Arc<AtomicBool>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // The listener looks up only for a connection.
        drop(TcpStream::connect(self.address));
    }
}

/// Listens at a port of its own.
pub(super) fn listen(entry: Entry, service: Arc<dyn Service>) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let over = is_over.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            if over.load(Ordering::SeqCst) {
                return;
            }
            let (Ok(stream), service) = (stream, service.clone()) else { continue };
            thread::spawn(move || serve(entry, stream, &*service));
        }
    });
    Listening { address, is_over }
}

/// Answers until the other side goes, or a fault ends it.
fn serve(entry: Entry, stream: TcpStream, service: &dyn Service) {
    stream.set_nodelay(true).unwrap();
    let Ok(mut writer) = stream.try_clone() else { return };
    let mut reader = BufReader::new(stream);
    while let Some(request) = Request::read(entry, &mut reader) {
        let fault = service.fault(&request);
        let answer = match fault {
            Some(Fault::DropBefore) => None,
            Some(Fault::Status(status)) => {
                Some(Answer { status, headers: Vec::new(), body: b"oops".to_vec() })
            }
            Some(Fault::Busy(seconds)) => Some(
                Answer { status: 429, headers: Vec::new(), body: Vec::new() }
                    .header("retry-after", seconds.to_string()),
            ),
            Some(Fault::Moved) => {
                let mark = if request.target.contains('?') { '&' } else { '?' };
                Some(Answer::see_other(format!("{}{mark}moved=1", request.target)))
            }
            _ => Some(service.answer(&request)),
        };
        let sent = answer.as_ref().filter(|_| fault != Some(Fault::DropAfter));
        service.done(&request, sent.map(|answer| answer.status));
        let Some(answer) = sent else { return };
        if let Some(Fault::Stall(pause)) = fault {
            thread::sleep(pause);
        }
        let bytes = bytes(answer, fault, &request.method);
        let is_broken = matches!(fault, Some(Fault::Cut | Fault::Lie | Fault::Halt(_)));
        let is_written = writer.write_all(&bytes).is_ok();
        if let Some(Fault::Halt(pause)) = fault {
            thread::sleep(pause);
        }
        if !is_written || is_broken {
            return;
        }
    }
}

/// An answer as it is sent, with its fault.
fn bytes(answer: &Answer, fault: Option<Fault>, method: &str) -> Vec<u8> {
    let mut body = answer.body.clone();
    if fault == Some(Fault::Garble) {
        body.iter_mut().step_by(3).for_each(|byte| *byte ^= 0x55);
    }
    let said = if fault == Some(Fault::Lie) { body.len() / 2 } else { body.len() };
    if matches!(fault, Some(Fault::Cut | Fault::Halt(_))) {
        body.truncate(body.len() / 2);
    }
    let mut head = format!("HTTP/1.1 {} x\r\ncontent-length: {said}\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    if method != "HEAD" {
        bytes.extend(body);
    }
    bytes
}
