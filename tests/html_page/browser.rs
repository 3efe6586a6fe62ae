//! A real Chromium, driven through WebDriver: a page is seen as a person sees it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use serde_json::{Value, json};

/// The key that WebDriver puts before the id of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Browsers that tests have left to the next ones: another window takes a tenth of the time of another browser.
static IDLE: Mutex<Vec<Driver>> = Mutex::new(Vec::new());

/// Starts chromedriver, and ends it when nobody holds the other end of the input any more: the process of the tests ends
/// without dropping statics. The browser ends with its driver, whose pipe it listens to, and soon writes no more files.
const UNTIL_INPUT_ENDS: &str =
    r#""$0" --port=0 --log-level=SEVERE & cat >/dev/null; kill $!; wait; sleep 1; rm -rf "$1""#;

/// A chromedriver and its browser. Both end when this is dropped.
struct Driver {
    process: Child,
    port: u16,
    /// The path of the session, below all sessions.
    session: String,
}

/// A browser with one window, in which nothing has been opened.
pub(crate) struct Browser {
    /// Always there, but while this is dropped.
    driver: Option<Driver>,
}

/// Returns the path of chromedriver; says in one line if tests are left out for want of it. If TASKGRAPH_CHROMEDRIVER names one,
/// it has to be there.
#[expect(clippy::print_stderr, reason = "a test says what it leaves out")]
fn chromedriver() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("TASKGRAPH_CHROMEDRIVER") {
        return Some(given.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|bin| bin.join("chromedriver")).find(|file| file.is_file());
    if found.is_none() {
        eprintln!("left out: there is no chromedriver to look at the page with");
    }
    found
}

impl Driver {
    fn start(chromedriver: PathBuf) -> Self {
        let profile = tempfile::tempdir().unwrap().keep();
        let mut process = Command::new("sh")
            .args(["-c", UNTIL_INPUT_ENDS])
            .args([&chromedriver, &profile])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port: u16 = lines
            .map(|line| line.unwrap())
            .find_map(|line| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok())
            .expect("chromedriver says on which port it listens");
        let directory = format!("--user-data-dir={}", profile.display());
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--remote-debugging-pipe",
            "--window-size=1400,900",
            &directory,
        ];
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let mut driver = Driver { process, port, session: String::new() };
        let opened = driver.call("", &capabilities);
        driver.session = format!("/{}", opened["sessionId"].as_str().unwrap());
        driver
    }

    fn call(&self, path: &str, body: &Value) -> Value {
        let answer = self.send("POST", path, &body.to_string()).unwrap();
        let value: Value = serde_json::from_str(&answer).unwrap();
        assert!(value["value"]["error"].is_null(), "{path}: {answer}");
        value["value"].clone()
    }

    /// Returns the body of the driver's answer to a request.
    fn send(&self, method: &str, path: &str, body: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let (session, port, length) = (&self.session, self.port, body.len());
        write!(
            stream,
            "{method} /session{session}{path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )?;
        // The driver leaves the connection open whatever it is asked: the length tells where the answer ends.
        let mut stream = BufReader::new(stream);
        let (mut length, mut line) = (0, String::new());
        while stream.read_line(&mut line)? > 0 && !line.trim().is_empty() {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().map_err(std::io::Error::other)?;
            }
            line.clear();
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        String::from_utf8(body).map_err(std::io::Error::other)
    }

    /// Opens a window and closes the one before, with all that was set for it.
    fn renew(&self) {
        let opened = self.call("/window/new", &json!({"type": "tab"}));
        self.send("DELETE", "/window", "").unwrap();
        self.call("/window", &json!({"handle": opened["handle"]}));
        self.call("/se/log", &json!({"type": "browser"}));
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Closes its input.
        let _ = self.process.wait();
    }
}

impl Browser {
    /// Starts a browser, or takes one that is idle; nothing if the machine has none.
    pub(crate) fn start() -> Option<Self> {
        let chromedriver = chromedriver()?;
        let idle = IDLE.lock().unwrap().pop();
        let driver = match idle {
            Some(driver) => {
                driver.renew();
                driver
            }
            None => Driver::start(chromedriver),
        };
        Some(Browser { driver: Some(driver) })
    }

    fn call(&self, path: &str, body: &Value) -> Value {
        self.driver.as_ref().unwrap().call(path, body)
    }

    /// Opens a file, with a fragment such as `#task=…` or none.
    pub(crate) fn open(&self, file: &Path, fragment: &str) {
        self.call("/url", &json!({"url": "about:blank"}));
        self.call("/url", &json!({"url": format!("file://{}{fragment}", file.display())}));
    }

    /// Returns the value of an expression in the page.
    pub(crate) fn ask(&self, expression: &str) -> Value {
        self.call("/execute/sync", &json!({"script": format!("return {expression}"), "args": []}))
    }

    /// Waits until an expression is true: some events come when the browser finds the time.
    pub(crate) fn wait(&self, expression: &str) {
        let is_true = || self.ask(&format!("Boolean({expression})")) == true;
        let patience = std::time::Instant::now();
        while !is_true() {
            assert!(patience.elapsed().as_secs() < 10, "never came true: {expression}");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    /// The text that an expression is in the page.
    pub(crate) fn text(&self, expression: &str) -> String {
        self.ask(expression).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the panel has this heading.
    pub(crate) fn sees(&self, heading: &str) {
        self.wait(&format!("document.querySelector('#panel h2')?.textContent === {}", json!(heading)));
    }

    /// Clicks the element that a selector finds, as a mouse does: it has to be in sight.
    pub(crate) fn click(&self, selector: &str) {
        let found = self.call("/element", &json!({"using": "css selector", "value": selector}));
        self.call(&format!("/element/{}/click", found[ELEMENT].as_str().unwrap()), &json!({}));
    }

    /// Runs a script before those of every page that is opened from now on.
    pub(crate) fn prepare(&self, script: &str) {
        let command = json!({"cmd": "Page.addScriptToEvaluateOnNewDocument", "params": {"source": script}});
        self.call("/goog/cdp/execute", &command);
    }

    /// Gives the window a size, as of a telephone.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        let command = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": metrics});
        self.call("/goog/cdp/execute", &command);
        self.wait(&format!("window.innerWidth === {width}"));
    }

    /// Presses the mouse in the middle of an element and moves it by so many pixels before it is let go.
    pub(crate) fn drag(&self, selector: &str, x: i32, y: i32) {
        let start = self.middle(selector);
        self.mouse(&[
            json!({"type": "pointerMove", "duration": 0, "x": start.0, "y": start.1}),
            json!({"type": "pointerDown", "button": 0}),
            json!({"type": "pointerMove", "duration": 20, "x": start.0 + x / 2, "y": start.1 + y / 2}),
            json!({"type": "pointerMove", "duration": 20, "x": start.0 + x, "y": start.1 + y}),
            json!({"type": "pointerUp", "button": 0}),
        ]);
    }

    fn mouse(&self, steps: &[Value]) {
        let parameters = json!({"pointerType": "mouse"});
        let mouse = json!({"type": "pointer", "id": "mouse", "parameters": parameters, "actions": steps});
        self.call("/actions", &json!({"actions": [mouse]}));
    }

    /// Turns the wheel over the middle of an element, with the control key held down or not.
    pub(crate) fn wheel(&self, selector: &str, delta: i32, with_control: bool) {
        let (x, y) = self.middle(selector);
        let wheel = json!({"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": delta,
            "modifiers": if with_control { 2 } else { 0 }});
        self.call("/goog/cdp/execute", &json!({"cmd": "Input.dispatchMouseEvent", "params": wheel}));
    }

    fn middle(&self, selector: &str) -> (i32, i32) {
        let rectangle = format!("document.querySelector({}).getBoundingClientRect()", json!(selector));
        let middle = |start: &str, length: &str| {
            let found = self.ask(&format!("Math.round({rectangle}.{start} + {rectangle}.{length} / 2)"));
            i32::try_from(found.as_i64().unwrap()).unwrap()
        };
        (middle("left", "width"), middle("top", "height"))
    }

    /// Types keys into whatever has the focus.
    pub(crate) fn keys(&self, keys: &str) {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|what| json!({"type": what, "value": key})))
            .collect();
        self.call("/actions", &json!({"actions": [{"type": "key", "id": "keys", "actions": strokes}]}));
    }

    /// Returns the errors and warnings of the console.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let entries = self.call("/se/log", &json!({"type": "browser"}));
        let entries = entries.as_array().cloned().unwrap_or_default();
        let is_bad = |entry: &&Value| entry["level"] == "SEVERE" || entry["level"] == "WARNING";
        entries.iter().filter(is_bad).map(|entry| entry["message"].to_string()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // What failed may have left anything behind.
        if !std::thread::panicking() {
            IDLE.lock().unwrap().extend(self.driver.take());
        }
    }
}
